// Who is typing, both ways. Loaded with the first key or the first notice.
import { request } from "./connections.js";

const INTERVAL = 3_000; // milliseconds between two notices
const SHOWN = 6_000; // milliseconds after the last notice
const [talk, list, after] = ["talk", "timeline", "after"].map((id) => document.getElementById(id));
const line = document.createElement("p");
let reportedAt = 0;
let timer;

/** Tell the agents that the visitor is typing, if there is a conversation. */
export function reportTyping() {
  if (!list.childElementCount || Date.now() - reportedAt < INTERVAL) return;
  reportedAt = Date.now();
  request("typing/", {}).catch(() => {});
}

/** Show that an agent is typing, until their message or a few seconds later. */
export function showTyping(text) {
  const isAtEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 48;
  line.className = "by";
  line.textContent = text;
  after.before(line);
  if (isAtEnd) talk.scrollTop = talk.scrollHeight;
  clearTimeout(timer);
  timer = setTimeout(() => line.remove(), SHOWN);
}

new MutationObserver(() => line.remove()).observe(list, { childList: true });
