// What the agent's composer and the visitor's have in common.

/** Whether this key sends the message. Only a soft keyboard needs Enter for a new line: it comes with
 * a finger as the pointer. A machine without any pointer has a keyboard. */
export function isSendKey(event) {
  // 229: Enter ends the composing of a character.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !(event.shiftKey || event.altKey || matchMedia("(pointer: coarse)").matches);
}

/** A UUID. crypto.randomUUID is missing on plain http, and in a frame of such a page. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}
