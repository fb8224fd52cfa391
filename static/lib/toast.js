import { wordsOf } from "./html.js";

// What went wrong where no form can say it: one line at the bottom, for a while.
const toast = document.getElementById("toast");
let later;

export function say(words, seconds = 6) {
  toast.textContent = words;
  toast.showPopover();
  clearTimeout(later);
  later = setTimeout(() => toast.hidePopover(), seconds * 1_000);
}

/** News for this person: there is more time to read it. */
export const tell = ({ words }) => say(words, 20);

const messages = [...document.querySelectorAll("#messages > li")].map((each) => each.textContent);
if (messages.length) say(messages.join(" "));

const hasOwnWords = (detail) => detail.ctx?.sourceElement?.closest("message-form");

document.addEventListener("htmx:response:error", ({ detail }) => hasOwnWords(detail) || say(wordsOf(detail.ctx.text) || toast.dataset.failed));
document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !hasOwnWords(detail) && detail.error?.name !== "AbortError") say(toast.dataset.offline);
});
