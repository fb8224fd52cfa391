import { newId } from "./live-source.js";

// How many streams this browser may hold to our host, over all its tabs. Two of the six connections
// stay free for requests; without that, the next tab would hang without a word.
const STREAMS = 4;
const LEASES = "messagehub-streams", LEASE = 30_000; // milliseconds

/** Plain http has no locks, and where storage is denied they are refused. */
export const canLock = (async () => navigator.locks.request(`${LEASES} probe`, { ifAvailable: true }, () => true))().catch(() => false);

/**
 * Gives the function that frees the slot. Throws an error with .isFull when all are taken.
 *
 * stop: AbortController of the stream, for when the slot has to be given up.
 */
export async function takeSlot(stop) {
  const give = await ((await canLock) ? lockOne() : canStore() ? leaseOne() : seenOne(stop));
  if (!give) throw Object.assign(new Error("This browser has enough streams"), { isFull: true });
  return give;
}

async function lockOne() {
  for (let number = 0; number < STREAMS; number++) {
    const give = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((free) => resolve(free)) : resolve());
      navigator.locks.request(`${LEASES} ${number}`, { ifAvailable: true }, hold);
    });
    if (give) return give;
  }
  return undefined;
}

// Without locks (plain http): leases that every tab can read and that a crashed tab leaves behind.
function leaseOne() {
  const mine = newId();
  if (!renew(mine)) return undefined;
  const clock = setInterval(renew, LEASE / 3, mine);
  const give = () => {
    clearInterval(clock);
    removeEventListener("pagehide", give);
    renew(mine, true);
  };
  addEventListener("pagehide", give);
  return give;
}

function renew(mine, isOver) {
  const now = Date.now();
  const all = Object.entries(JSON.parse(localStorage.getItem(LEASES) ?? "{}"));
  const others = all.filter(([id, until]) => id !== mine && until > now);
  if (others.length >= STREAMS && !isOver) return false;
  const leases = Object.fromEntries(others);
  if (!isOver) leases[mine] = now + LEASE;
  localStorage.setItem(LEASES, JSON.stringify(leases));
  return true;
}

function canStore() {
  try {
    localStorage.setItem(`${LEASES} probe`, "");
    localStorage.removeItem(`${LEASES} probe`);
    return true;
  } catch {
    return false;
  }
}

// The frame of a third party may be denied all of that, and then it cannot count: only pages that are seen have a
// stream, and no one sees more than a few at once.
function seenOne(stop) {
  if (document.hidden) return undefined;
  const look = () => document.hidden && stop.abort();
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}
