// Show a line at the bottom of the page for a while: a message, or an error that no form can show.
import { findErrorMessage } from "./html.js";

const NOTICE_SECONDS = 20; // news takes longer to read than the response to a click
const toast = document.getElementById("toast");
let timer;

export function showToast(message, seconds = 6) {
  toast.textContent = message;
  toast.showPopover();
  clearTimeout(timer);
  timer = setTimeout(() => toast.hidePopover(), seconds * 1_000);
}

/** Show one of the texts that the page has for failures: "failed" or "offline". */
export const showFailure = (reason) => showToast(toast.dataset[reason]);

/** Show a live "notice" to this member. */
export const showNotice = ({ message }) => showToast(message, NOTICE_SECONDS);

const messages = [...document.querySelectorAll("#messages > li")].map((each) => each.textContent);
if (messages.length) showToast(messages.join(" "));

const showsOwnErrors = (detail) => detail.ctx?.sourceElement?.closest("message-form");

document.addEventListener("htmx:response:error", ({ detail }) => {
  if (!showsOwnErrors(detail)) showToast(findErrorMessage(detail.ctx.text) || toast.dataset.failed);
});
document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !showsOwnErrors(detail) && detail.error?.name !== "AbortError")
    showFailure("offline");
});
