// Where tabs can't share a stream (plain http, old browsers, denied storage), each tab has one of
// its own.
import { MAX_STREAMS, newId, readStream, tooManyStreams } from "./connection.js";

const KEY = "messagehub-streams";
const LEASE = 30_000; // milliseconds

export async function listenAlone({ want, signal, stop, requestTicket, onPart }) {
  const release = canStore() ? takeLease() : streamWhileVisible(stop);
  if (!release) throw tooManyStreams();
  try {
    const { ticket, refused = [] } = await requestTicket(stop, [want]);
    if (refused.includes(want)) throw Object.assign(new Error("refused"), { status: 404 });
    await readStream(ticket, { signal, onPart });
  } finally {
    release();
  }
}

// Leases are visible to all tabs, and run out by themselves when a tab crashes.
function takeLease() {
  const id = newId();
  if (!saveLeases(id)) return undefined;
  const timer = setInterval(saveLeases, LEASE / 3, id);
  const release = () => {
    clearInterval(timer);
    removeEventListener("pagehide", release);
    saveLeases(id, true);
  };
  addEventListener("pagehide", release);
  return release;
}

function saveLeases(id, isReleased) {
  const leases = renewLease(
    JSON.parse(localStorage.getItem(KEY) ?? "{}"),
    id,
    Date.now(),
    isReleased,
  );
  if (leases) localStorage.setItem(KEY, JSON.stringify(leases));
  return Boolean(leases);
}

/** Return the leases with this one renewed, or released, or nothing if others hold all streams. */
export function renewLease(leases, id, now, isReleased = false) {
  const others = Object.entries(leases).filter(
    ([other, expiresAt]) => other !== id && expiresAt > now,
  );
  if (isReleased) return Object.fromEntries(others);
  if (others.length >= MAX_STREAMS) return undefined;
  return Object.fromEntries([...others, [id, now + LEASE]]);
}

function canStore() {
  try {
    localStorage.setItem(`${KEY} probe`, "");
    localStorage.removeItem(`${KEY} probe`);
    return true;
  } catch {
    return false;
  }
}

// A third party's frame may be denied storage too, and then tabs can't be counted. So only visible
// pages have a stream, and no one sees more than a few at once.
function streamWhileVisible(stop) {
  if (document.hidden) return undefined;
  const onChange = () => document.hidden && stop.abort();
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}
