// Live updates. The stream is opened first, and catchUp runs once it is ready, so that nothing is
// missed in between. Some events come twice, so apply them by id.
import { listen } from "./tabs.js";

const READY_TIMEOUT = 8_000; // milliseconds
const SILENCE_TIMEOUT = 40_000; // milliseconds
const POLL_INTERVAL = 5_000; // milliseconds
const LONGEST_PAUSE = 30_000; // milliseconds

export class LiveStream {
  // connecting | live | polling | ended | stopped. onState also gets "unreachable": polling fails,
  // too.
  state = "stopped";
  #opening;
  #current;
  #failures = 0;
  #retryTimer;
  #pollTimer;

  /**
   * For group, want and requestTicket see tabs.js. An error with status 401, 403 or 404 ends the
   * stream.
   */
  constructor({ group, want = () => "", requestTicket, catchUp, onEvent, onState = () => {} }) {
    Object.assign(this, { group, want, requestTicket, catchUp, onEvent, onState });
  }

  get isOn() {
    return !["stopped", "ended"].includes(this.state);
  }

  start() {
    if (this.isOn) return;
    this.#failures = 0;
    this.#listenToPage("addEventListener");
    this.#setState("connecting");
    this.#open();
  }

  /** Open a new stream; the old one is used until the new one is ready. */
  restart() {
    if (this.isOn) this.#open();
    else this.start();
  }

  stop(state = "stopped") {
    const connections = [this.#opening, this.#current];
    this.#opening = this.#current = undefined;
    for (const connection of connections) connection?.abort();
    clearTimeout(this.#retryTimer);
    this.#listenToPage("removeEventListener");
    this.#setState(state);
  }

  // After sleep or a change of network a dead connection looks alive for minutes.
  handleEvent({ type, persisted }) {
    const isSilent = !this.#opening && !(Date.now() - this.#current?.heardAt < SILENCE_TIMEOUT);
    if (type === "online" || persisted || (isSilent && !document.hidden)) this.restart();
  }

  #listenToPage(change) {
    for (const type of ["online", "pageshow", "visibilitychange"]) window[change](type, this);
  }

  async #open() {
    clearTimeout(this.#retryTimer);
    this.#opening?.abort();
    const connection = (this.#opening = Object.assign(new AbortController(), {
      heardAt: Date.now(),
    }));
    const error = await this.#listen(connection).catch((reason) => reason);
    connection.abort();
    if (this.#current === connection) this.#current = undefined;
    else if (this.#opening === connection) this.#opening = undefined;
    else return;
    if (!this.#opening) this.#retry(connection, error);
  }

  async #listen(connection) {
    const { signal } = connection;
    const watch = setInterval(() => {
      const isReady = this.#current === connection;
      if (Date.now() - connection.heardAt < (isReady ? SILENCE_TIMEOUT : READY_TIMEOUT)) return;
      if (!isReady) this.#setState("polling");
      connection.abort();
    }, 1_000);
    const onPart = (events) => {
      connection.heardAt = Date.now();
      for (const [name, data] of events)
        if (name === "ready") {
          if (this.#opening === connection) this.#onReady(connection);
        } else queueMicrotask(() => this.onEvent(name, data));
    };
    try {
      await listen(this.group(), {
        want: this.want(),
        requestTicket: this.requestTicket,
        stop: connection,
        signal,
        onPart,
      });
    } finally {
      clearInterval(watch);
    }
  }

  async #onReady(connection) {
    this.#current?.abort();
    this.#current = connection;
    this.#opening = undefined;
    try {
      await this.catchUp();
      if (this.#current !== connection) return;
      connection.liveAt = Date.now();
      this.#setState("live");
    } catch {
      connection.abort();
    }
  }

  #retry({ liveAt }, error) {
    if (isRefusal(error)) return this.stop("ended");
    this.#failures = Date.now() - liveAt > 2 * POLL_INTERVAL ? 1 : this.#failures + 1;
    if (this.#failures > 2 || error?.isFull) this.#setState("polling");
    else if (this.state !== "polling") this.#setState("connecting");
    // Spread the retries, because all streams of a restarted server come back at once.
    const longest = error?.isFull ? POLL_INTERVAL : LONGEST_PAUSE;
    const pause = Math.random() * Math.min(longest, 1_000 * 2 ** this.#failures);
    this.#retryTimer = setTimeout(() => this.#open(), pause);
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    clearTimeout(this.#pollTimer);
    if (state === "polling") this.#poll();
    this.onState(state);
  }

  async #poll() {
    const error = await this.catchUp().catch((reason) => reason);
    clearTimeout(this.#pollTimer);
    // A refusal may be about one conversation; a request for a ticket shows whether all access is
    // gone.
    if (this.state === "polling" && !this.#opening && isRefusal(error)) this.#open();
    if (this.state !== "polling") return;
    this.onState(error instanceof Error && !error.status ? "unreachable" : "polling");
    this.#pollTimer = setTimeout(() => this.#poll(), POLL_INTERVAL);
  }
}

const isRefusal = (error) => [401, 403, 404].includes(error?.status);
