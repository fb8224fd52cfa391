// Solve a challenge by computing, so that a person has nothing to do. Loaded when the server asks.
const PER_TURN = 200; // hashes, after which the page may do something else
const encoder = new TextEncoder();

/** Find a number so that the hash of the seed and the number begins with this many zero bits. */
export async function solve({ seed, bits }) {
  for (let number = 0; ; number++) {
    const bytes = encoder.encode(`${seed}:${number}`);
    const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
    if (digest.getUint32(0) >>> (32 - bits) === 0) return { seed, number };
    if (number % PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}
