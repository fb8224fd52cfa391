import { takeSlot } from "../live-slots.js";
import { newId, readStream } from "./connection.js";

const READY = 8_000, SILENCE = 40_000, LINGER = 1_000, CRASHED = 180_000; // milliseconds
const MOST = 12; // what one ticket takes (MOST_TOGETHER in inbox/views/desk.py)

/** In the tab that holds the lock: one stream, for everything that the listeners want. */
export class Relay {
  #id = newId();
  #listeners = new Map(); // id: { want, at }
  #live;
  #opening;
  #slot;

  constructor(name, ticket) {
    this.ticket = ticket;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => data.id && this.#hear(data);
    this.clock = setInterval(() => this.#watch(), 1_000);
    addEventListener("online", this);
    this.#say("all", { begins: true });
  }

  stop() {
    clearInterval(this.clock);
    removeEventListener("online", this);
    this.#say("all", { lost: {} });
    this.channel.close();
    const streams = [this.#live, this.#opening];
    this.#live = this.#opening = undefined;
    for (const each of streams) each?.stop.abort();
    this.#giveSlot();
  }

  /** After a change of network the old connection may be dead. */
  handleEvent() {
    this.#live?.stop.abort();
  }

  #say(to, what) {
    this.channel.postMessage({ by: this.#id, to, ...what });
  }

  #hear({ id, want, leaves }) {
    if (leaves) return this.#listeners.delete(id);
    this.#listeners.set(id, { want, at: Date.now() });
    if (this.#answer(id, want)) return;
    if (!this.#wants.includes(want)) this.#say(id, { lost: { error: "too many conversations", isFull: true } });
    else if (!this.#opening?.wants.includes(want)) this.#open();
  }

  #answer(id, want) {
    const isRefused = this.#live?.refused.includes(want);
    const isReady = !isRefused && this.#live?.wants.includes(want);
    this.#say(id, isRefused ? { lost: { error: "refused", status: 404 } } : { ready: isReady });
    return isRefused || isReady;
  }

  get #wants() {
    return [...new Set([...this.#listeners.values()].map(({ want }) => want))].slice(0, MOST);
  }

  /** The old stream is heard until the new one is ready. */
  async #open() {
    this.#opening?.stop.abort();
    const mine = { wants: this.#wants, refused: [], stop: new AbortController(), heardAt: Date.now() };
    this.#opening = mine;
    const error = await this.#read(mine).catch((error) => error);
    if (this.#live === mine) {
      this.#live = undefined;
      this.#say("all", { lost: {} });
    } else if (this.#opening === mine) {
      this.#opening = undefined;
      const lost = { error: `${error?.message ?? "ended"}`, status: error?.status, isFull: error?.isFull };
      for (const [id, { want }] of this.#listeners) if (!this.#live?.wants.includes(want)) this.#say(id, { lost });
    }
    if (!this.#live && !this.#opening) this.#giveSlot();
  }

  async #read(mine) {
    const { stop, wants } = mine;
    await (this.#slot ??= takeSlot());
    const { ticket, refused = [] } = await this.ticket(stop, wants);
    mine.refused = refused;
    const onPart = (events) => {
      mine.heardAt = Date.now();
      if (events[0]?.[0] === "ready") this.#ready(mine);
      this.#say("all", { events });
    };
    await readStream(ticket, { signal: stop.signal, onPart });
  }

  /** What the old stream has not read yet may have been sent before the new one was heard. */
  #ready(mine) {
    const old = this.#live;
    this.#live = mine;
    this.#opening = undefined;
    setTimeout(() => old?.stop.abort(), LINGER);
    for (const [id, { want }] of this.#listeners) this.#answer(id, want);
  }

  /** A stream that opens for too long, or lacks even its heartbeat, is dead. A tab that crashed says
   * no goodbye; a hidden one may speak only once a minute. */
  #watch() {
    const now = Date.now();
    if (now - this.#opening?.heardAt > READY) this.#opening.stop.abort();
    if (now - this.#live?.heardAt > SILENCE) this.#live.stop.abort();
    for (const [id, { at }] of this.#listeners) if (now - at > CRASHED) this.#listeners.delete(id);
  }

  #giveSlot() {
    this.#slot?.then((give) => give(), () => {});
    this.#slot = undefined;
  }
}
