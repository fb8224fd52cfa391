import { Relay } from "./relay.js";
import { canLock } from "../live-slots.js";
import { newId } from "./connection.js";

// The tabs of one person share one stream: browsers open six HTTP/1.1 connections to a host, and each
// stream takes one. The tab that holds the lock relays (Relay); the tabs, it among them, listen on a
// BroadcastChannel and ask for what they want to hear. Its end, or its silence, hands the lock on.
const PING = 2_000; // milliseconds
const UNANSWERED = 2; // pings: a relay that is frozen keeps its lock
const groups = new Map();
const canShare = canLock.then((can) => can && new BroadcastChannel("messagehub").close() !== null).catch(() => false);

/**
 * Listen to the stream of this group; resolves when it has ended, rejects when it cannot be had.
 *
 * group: the same for tabs that may hear the same. want: what this tab wants to hear beyond what all
 * of them hear. ticket: async (AbortController, wants) => { ticket, refused: wants it may not hear }.
 */
export async function listen(group, options) {
  const isShared = await canShare;
  options.signal.throwIfAborted();
  if (!isShared) return (await import("./unshared.js")).listenAlone(options);
  if (!groups.has(group)) groups.set(group, new Group(group));
  return groups.get(group).listen(options);
}

class Group {
  #listening = 0;
  #bid; // { stop }, for the lock

  constructor(name) {
    this.name = name;
    // A page kept for the back button is frozen: it must not keep the lock.
    addEventListener("pagehide", () => this.#withdraw());
  }

  async listen(options) {
    this.#listening++;
    this.#apply(options.ticket);
    try {
      await follow(this.name, { ...options, onSilence: () => this.#apply(options.ticket, true) });
    } finally {
      if (!--this.#listening) this.#withdraw();
    }
  }

  #withdraw() {
    this.#bid?.stop();
    this.#bid = undefined;
  }

  async #apply(ticket, isTaken) {
    if (this.#bid && !isTaken) return;
    this.#withdraw();
    const waiting = new AbortController();
    const bid = (this.#bid = { stop: () => waiting.abort() });
    const how = isTaken ? { steal: true } : { signal: waiting.signal };
    const lead = () => bid === this.#bid && new Promise((release) => {
      const relay = new Relay(this.name, ticket);
      bid.stop = () => relay.stop() || release();
    });
    // Rejects when the wait was given up, or another tab took the lock away.
    await navigator.locks.request(this.name, how, lead).catch(() => {});
    if (bid !== this.#bid) return;
    this.#withdraw();
    if (this.#listening) this.#apply(ticket);
  }
}

/** What one listener hears from the tab that relays. */
function follow(name, { want, signal, onPart, onSilence }) {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(name);
    const id = newId();
    let relay, unanswered = 0;
    const ask = (more) => channel.postMessage({ id, want, ...more });
    const ping = setInterval(() => {
      if (unanswered++ >= UNANSWERED) onSilence((unanswered = 0));
      ask();
    }, PING);
    const end = (error) => {
      clearInterval(ping);
      ask({ leaves: true });
      channel.close();
      signal.removeEventListener("abort", stop);
      if (error) reject(error);
      else resolve();
    };
    const stop = () => end(signal.reason);
    signal.addEventListener("abort", stop);
    channel.onmessage = ({ data: { by, to, begins, ready, events, lost } }) => {
      if (to !== "all" && to !== id) return;
      unanswered = 0;
      // Another relay than the one before: what came in between is missing.
      if (begins) return relay ? end() : ask();
      if (ready && !relay) onPart([["ready"]], (relay = by));
      if (events && relay === by) onPart(events);
      if (lost && (to === id || relay === by)) end(lost.error && Object.assign(new Error(lost.error), lost));
    };
    ask();
  });
}
