// How many streams this browser may hold to our host, over all its tabs. Two of the six connections
// stay free for requests; without that, the next tab would hang without a word.
export const STREAMS = 4;
const SLOTS = "messagehub-stream";

/** Plain http has no locks, and where storage is denied they are refused. */
export const canLock = (async () => navigator.locks.request(`${SLOTS} probe`, { ifAvailable: true }, () => true))().catch(() => false);

/** Gives the function that frees the slot. */
export async function takeSlot() {
  for (let number = 0; number < STREAMS; number++) {
    const give = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((free) => resolve(free)) : resolve());
      navigator.locks.request(`${SLOTS} ${number}`, { ifAvailable: true }, hold);
    });
    if (give) return give;
  }
  throw full();
}

export const full = () => Object.assign(new Error("This browser has enough streams"), { isFull: true });
