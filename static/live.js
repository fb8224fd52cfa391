// Live updates: Server-Sent Events over fetch, as EventSource sends no header. The stream is opened
// first and catchUp runs once it is ready: nothing falls between. Apply events by id: some come twice.
const READY = 8_000, SILENCE = 40_000, POLL = 5_000, LONGEST = 30_000; // milliseconds

export class LiveStream {
  // connecting | live | polling | ended | stopped; onState hears too: unreachable (polling, in vain)
  state = "stopped";
  #opening;
  #heard;
  #failures = 0;
  #retry;
  #poll;

  // ticket: async (AbortController) => string; an error of status 401, 403 or 404 ends the stream.
  constructor({ ticket, catchUp, onEvent, onState = () => {} }) {
    Object.assign(this, { ticket, catchUp, onEvent, onState });
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
    try {
      const headers = { Authorization: `Bearer ${await this.ticket(connection)}` };
      const response = await fetch("/live/", { headers, cache: "no-store", signal });
      if (!response.ok) throw new Error(`The stream answered ${response.status}`);
      const parse = eventParser((name, data) => {
        if (name !== "ready") return queueMicrotask(() => this.onEvent(name, data));
        this.#ready(connection);
      });
      const reader = response.body.getReader();
      for (let part; !(part = await reader.read()).done; ) {
        connection.heardAt = Date.now();
        parse(part.value);
      }
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
    if (this.#failures > 2) this.#to("polling");
    else if (this.state !== "polling") this.#to("connecting");
    // Spread: all streams of a restarted server come back.
    const pause = Math.random() * Math.min(LONGEST, 1_000 * 2 ** this.#failures);
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

// Gives a function that takes bytes; chunks may cut a character or a line end in two.
export function eventParser(onEvent) {
  const decoder = new TextDecoder();
  let rest = "", name = "", data = "";
  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
      if (field === "event") name = value;
      else if (field === "data") data += `${value}\n`;
      else if (!line) {
        const event = [name, data && JSON.parse(data)];
        name = data = "";
        if (event[0]) onEvent(...event);
      }
    }
  };
}
