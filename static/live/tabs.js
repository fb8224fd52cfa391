// The tabs of one member, or of one visitor, share a stream, because connections to a host are few.
// The tab that holds a lock relays the stream (Relay). All tabs, that one included, listen on a
// BroadcastChannel and ask there for what they want. When the relay ends or goes silent, another
// tab takes the lock.
import { canLock, newId } from "./connection.js";
import { Relay } from "./relay.js";

const PING_INTERVAL = 2_000; // milliseconds
const MAX_UNANSWERED = 2; // pings; a frozen relay keeps its lock, so it has to be taken away
const groups = new Map();
const canShare = canLock
  .then((can) => can && new BroadcastChannel("messagehub").close() !== null)
  .catch(() => false);

/**
 * Listen to the stream of a group. Resolves when it has ended, rejects when it can't be opened.
 *
 * group: the same for all tabs that may share a stream.
 * want: the conversation that this tab wants beyond what all tabs of the group get.
 * requestTicket: async (AbortController, wants) => { ticket, refused: wants without access }.
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
  #candidacy; // { stop }: waiting for the lock, or holding it

  constructor(name) {
    this.name = name;
    // A page in the back-forward cache is frozen and must not keep the lock.
    addEventListener("pagehide", () => this.#withdraw());
  }

  async listen(options) {
    this.#listening++;
    this.#runForRelay(options.requestTicket);
    try {
      await follow(this.name, {
        ...options,
        onSilence: () => this.#runForRelay(options.requestTicket, true),
      });
    } finally {
      if (!--this.#listening) this.#withdraw();
    }
  }

  #withdraw() {
    this.#candidacy?.stop();
    this.#candidacy = undefined;
  }

  /** Wait for the lock, or take it from a silent relay, and be the relay while holding it. */
  async #runForRelay(requestTicket, isRelaySilent) {
    if (this.#candidacy && !isRelaySilent) return;
    this.#withdraw();
    const waiting = new AbortController();
    const candidacy = (this.#candidacy = { stop: () => waiting.abort() });
    const options = isRelaySilent ? { steal: true } : { signal: waiting.signal };
    const beRelay = () =>
      candidacy === this.#candidacy &&
      new Promise((release) => {
        const relay = new Relay(this.name, requestTicket);
        candidacy.stop = () => {
          relay.stop();
          release();
        };
      });
    // Rejects when the wait is given up, or when another tab takes the lock away.
    await navigator.locks.request(this.name, options, beRelay).catch(() => {});
    if (candidacy !== this.#candidacy) return;
    this.#withdraw();
    if (this.#listening) this.#runForRelay(requestTicket);
  }
}

/** Follow what the relaying tab sends, until the stream is lost or the signal aborts. */
function follow(name, { want, signal, onPart, onSilence }) {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(name);
    const id = newId();
    let relayId;
    let unanswered = 0;
    const send = (more) => channel.postMessage({ id, want, ...more });
    const ping = setInterval(() => {
      if (unanswered++ >= MAX_UNANSWERED) {
        unanswered = 0;
        onSilence();
      }
      send();
    }, PING_INTERVAL);
    const end = (error) => {
      clearInterval(ping);
      send({ leaves: true });
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
      // Between the relay before and this one, events may have been lost.
      if (begins) return relayId ? end() : send();
      if (ready && !relayId) {
        relayId = by;
        onPart([["ready"]]);
      }
      if (events && relayId === by) onPart(events);
      if (lost && (to === id || relayId === by))
        end(lost.error && Object.assign(new Error(lost.error), lost));
    };
    send();
  });
}
