import { full, STREAMS } from "../live-slots.js";
import { newId, readStream } from "./connection.js";

// Where tabs cannot share (plain http, old browsers, denied storage): each has a stream of its own.
const LEASES = "messagehub-streams", LEASE = 30_000; // milliseconds

export async function listenAlone({ want, signal, stop, ticket, onPart }) {
  const give = canStore() ? takeLease() : takeSight(stop);
  if (!give) throw full();
  try {
    const { ticket: mine, refused = [] } = await ticket(stop, [want]);
    if (refused.includes(want)) throw Object.assign(new Error("refused"), { status: 404 });
    await readStream(mine, { signal, onPart });
  } finally {
    give();
  }
}

// Leases that every tab can read, and that end by themselves when a tab crashes.
function takeLease() {
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

// The frame of a third party may be denied all of that, and then it cannot count: only pages that are
// seen have a stream, and no one sees more than a few at once.
function takeSight(stop) {
  if (document.hidden) return undefined;
  const look = () => document.hidden && stop.abort();
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}
