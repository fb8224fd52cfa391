// What the agent's composer and the visitor's have in common.

/**
 * Return whether this key sends the message. Enter makes a new line only where the pointer is a
 * finger: there the keyboard is on the screen and has no Shift + Enter.
 */
export function isSendKey(event) {
  // An input method ends a composed character with Enter; Safari then reports key code 229.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !(event.shiftKey || event.altKey || matchMedia("(pointer: coarse)").matches);
}

/** Return a random UUID. Pages on plain http, and frames in them, have no crypto.randomUUID. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes]
    .map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0"))
    .join("");
}
