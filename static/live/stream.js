import { listen } from "./tabs.js";

// Live updates. The stream is opened first and catchUp runs once it is ready: nothing falls between.
// Apply events by id: some come twice.
const READY = 8_000, SILENCE = 40_000, POLL = 5_000, LONGEST = 30_000; // milliseconds

export class LiveStream {
  // connecting | live | polling | ended | stopped; onState hears too: unreachable (polling, in vain)
  state = "stopped";
  #opening;
  #heard;
  #failures = 0;
  #retry;
  #poll;

  // group, want, ticket: see live-tabs.js. An error of status 401, 403 or 404 ends the stream.
  constructor({ group, want = () => "", ticket, catchUp, onEvent, onState = () => {} }) {
    Object.assign(this, { group, want, ticket, catchUp, onEvent, onState });
  }

  get isOn() {
    return !["stopped", "ended"].includes(this.state);
  }

  start() {
    if (this.isOn) return;
    this.#failures = 0;
    this.#hearPage("addEventListener");
    this.#to("connecting");
    this.#open();
  }

  // The old stream is heard until the new one is ready.
  restart() {
    if (this.isOn) this.#open();
    else this.start();
  }

  stop(state = "stopped") {
    const connections = [this.#opening, this.#heard];
    this.#opening = this.#heard = undefined;
    for (const connection of connections) connection?.abort();
    clearTimeout(this.#retry);
    this.#hearPage("removeEventListener");
    this.#to(state);
  }

  // After a sleep or a change of network a dead connection looks alive for minutes.
  handleEvent({ type, persisted }) {
    const isSilent = !this.#opening && !(Date.now() - this.#heard?.heardAt < SILENCE);
    if (type === "online" || persisted || (isSilent && !document.hidden)) this.restart();
  }

  #hearPage(change) {
    for (const type of ["online", "pageshow", "visibilitychange"]) window[change](type, this);
  }

  async #open() {
    clearTimeout(this.#retry);
    this.#opening?.abort();
    const connection = (this.#opening = Object.assign(new AbortController(), { heardAt: Date.now() }));
    const error = await this.#listen(connection).catch((error) => error);
    connection.abort();
    if (this.#heard === connection) this.#heard = undefined;
    else if (this.#opening === connection) this.#opening = undefined;
    else return;
    if (!this.#opening) this.#again(connection, error);
  }

  async #listen(connection) {
    const { signal } = connection;
    const watch = setInterval(() => {
      const isReady = this.#heard === connection;
      if (Date.now() - connection.heardAt < (isReady ? SILENCE : READY)) return;
      if (!isReady) this.#to("polling");
      connection.abort();
    }, 1_000);
    const onPart = (events) => {
      connection.heardAt = Date.now();
      for (const [name, data] of events)
        if (name === "ready") {
          if (this.#opening === connection) this.#ready(connection);
        } else queueMicrotask(() => this.onEvent(name, data));
    };
    try {
      await listen(this.group(), { want: this.want(), ticket: this.ticket, stop: connection, signal, onPart });
    } finally {
      clearInterval(watch);
    }
  }

  async #ready(connection) {
    this.#heard?.abort();
    this.#heard = connection;
    this.#opening = undefined;
    try {
      await this.catchUp();
      if (this.#heard !== connection) return;
      connection.liveAt = Date.now();
      this.#to("live");
    } catch {
      connection.abort();
    }
  }

  #again({ liveAt }, error) {
    if (isRefusal(error)) return this.stop("ended");
    this.#failures = Date.now() - liveAt > 2 * POLL ? 1 : this.#failures + 1;
    if (this.#failures > 2 || error?.isFull) this.#to("polling");
    else if (this.state !== "polling") this.#to("connecting");
    // Spread: all streams of a restarted server come back.
    const longest = error?.isFull ? POLL : LONGEST;
    const pause = Math.random() * Math.min(longest, 1_000 * 2 ** this.#failures);
    this.#retry = setTimeout(() => this.#open(), pause);
  }

  #to(state) {
    if (state === this.state) return;
    this.state = state;
    clearTimeout(this.#poll);
    if (state === "polling") this.#ask();
    this.onState(state);
  }

  async #ask() {
    const error = await this.catchUp().catch((error) => error);
    clearTimeout(this.#poll);
    // Refused: whether all access is gone, the ticket says, and at once.
    if (this.state === "polling" && !this.#opening && isRefusal(error)) this.#open();
    if (this.state !== "polling") return;
    this.onState(error instanceof Error && !error.status ? "unreachable" : "polling");
    this.#poll = setTimeout(() => this.#ask(), POLL);
  }
}

const isRefusal = (error) => [401, 403, 404].includes(error?.status);
