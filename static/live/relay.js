// The tab that holds the lock reads one stream and passes it on to all listening tabs, itself
// included.
import { newId, readStream, takeSlot } from "./connection.js";

const READY_TIMEOUT = 8_000; // milliseconds
const SILENCE_TIMEOUT = 40_000; // milliseconds
const LINGER = 1_000; // milliseconds
const CRASH_TIMEOUT = 180_000; // milliseconds
const MAX_WANTS = 12; // in one ticket (MAX_CONVERSATIONS_PER_TICKET in inbox/views/live_ticket.py)

export class Relay {
  #id = newId();
  #listeners = new Map(); // by id: { want, heardAt }
  #current;
  #opening;
  #slot;

  constructor(name, requestTicket) {
    this.requestTicket = requestTicket;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => data.id && this.#onMessage(data);
    this.timer = setInterval(() => this.#dropSilent(), 1_000);
    addEventListener("online", this);
    this.#send("all", { begins: true });
  }

  stop() {
    clearInterval(this.timer);
    removeEventListener("online", this);
    this.#send("all", { lost: {} });
    this.channel.close();
    const streams = [this.#current, this.#opening];
    this.#current = this.#opening = undefined;
    for (const stream of streams) stream?.stop.abort();
    this.#releaseSlot();
  }

  // After a change of network the old connection may be dead.
  handleEvent() {
    this.#current?.stop.abort();
  }

  #send(to, message) {
    this.channel.postMessage({ by: this.#id, to, ...message });
  }

  #onMessage({ id, want, leaves }) {
    if (leaves) return this.#listeners.delete(id);
    this.#listeners.set(id, { want, heardAt: Date.now() });
    if (this.#reply(id, want)) return;
    if (!this.#wants.includes(want))
      this.#send(id, { lost: { error: "too many conversations", isFull: true } });
    else if (!this.#opening?.wants.includes(want)) this.#open();
  }

  /** Tell a listener whether the stream has what it wants. Returns whether that is settled. */
  #reply(id, want) {
    const isRefused = this.#current?.refused.includes(want);
    const isReady = !isRefused && this.#current?.wants.includes(want);
    this.#send(id, isRefused ? { lost: { error: "refused", status: 404 } } : { ready: isReady });
    return isRefused || isReady;
  }

  get #wants() {
    return [...new Set([...this.#listeners.values()].map(({ want }) => want))].slice(0, MAX_WANTS);
  }

  /** Open a stream with all that the listeners want. The old one is read until it is ready. */
  async #open() {
    this.#opening?.stop.abort();
    const stream = {
      wants: this.#wants,
      refused: [],
      stop: new AbortController(),
      heardAt: Date.now(),
    };
    this.#opening = stream;
    const error = await this.#read(stream).catch((reason) => reason);
    if (this.#current === stream) {
      this.#current = undefined;
      this.#send("all", { lost: {} });
    } else if (this.#opening === stream) {
      this.#opening = undefined;
      const lost = {
        error: `${error?.message ?? "ended"}`,
        status: error?.status,
        isFull: error?.isFull,
      };
      for (const [id, { want }] of this.#listeners)
        if (!this.#current?.wants.includes(want)) this.#send(id, { lost });
    }
    if (!this.#current && !this.#opening) this.#releaseSlot();
  }

  async #read(stream) {
    const { stop, wants } = stream;
    await (this.#slot ??= takeSlot());
    const { ticket, refused = [] } = await this.requestTicket(stop, wants);
    stream.refused = refused;
    const onPart = (events) => {
      stream.heardAt = Date.now();
      if (events[0]?.[0] === "ready") this.#onReady(stream);
      this.#send("all", { events });
    };
    await readStream(ticket, { signal: stop.signal, onPart });
  }

  // The old stream is read a moment longer: it may hold events from before the new one was ready.
  #onReady(stream) {
    const old = this.#current;
    this.#current = stream;
    this.#opening = undefined;
    setTimeout(() => old?.stop.abort(), LINGER);
    for (const [id, { want }] of this.#listeners) this.#reply(id, want);
  }

  // A stream that opens for too long, or lacks even its heartbeat, is dead. A tab that crashed
  // doesn't say that it leaves, and a hidden one may speak only once a minute.
  #dropSilent() {
    const now = Date.now();
    if (now - this.#opening?.heardAt > READY_TIMEOUT) this.#opening.stop.abort();
    if (now - this.#current?.heardAt > SILENCE_TIMEOUT) this.#current.stop.abort();
    for (const [id, { heardAt }] of this.#listeners)
      if (now - heardAt > CRASH_TIMEOUT) this.#listeners.delete(id);
  }

  #releaseSlot() {
    this.#slot?.then(
      (release) => release(),
      () => {},
    );
    this.#slot = undefined;
  }
}
