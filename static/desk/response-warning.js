import { moments, timeLeft } from "../elements/response-due.js";
import { parse } from "./merge-entries.js";
import { say } from "../lib/toast.js";

// What I have to answer soon is said once, whichever list or conversation is on the screen.
const words = document.getElementById("response-timer-texts").dataset;
const clocks = new Map(); // by conversation
const told = new Set();
const WARNING_SECONDS = 20;

/** A row as it is now: mine with a timer is waited for, everything else is not any more. */
export function followRow({ number, status, assignee, html }) {
  const timer = status === "open" && assignee === document.body.dataset.me && parse(html)[0]?.querySelector("response-due");
  follow(timer ? timer.dataset : { number });
}

/** All of mine that have one: what the server says after a gap. */
export function followAll(timers) {
  const numbers = new Set(timers.map(({ number }) => String(number)));
  for (const number of clocks.keys()) if (!numbers.has(number)) follow({ number });
  for (const timer of timers) follow(timer);
}

function follow({ number, interval, name }) {
  const key = String(number);
  clearTimeout(clocks.get(key));
  clocks.delete(key);
  const { by, warns } = moments(interval) ?? {};
  const now = Date.now();
  if (by > now) clocks.set(key, setTimeout(() => warn(`${key} ${interval}`, name, by), Math.max(0, warns - now)));
}

function warn(once, name, by) {
  if (told.has(once)) return;
  told.add(once);
  const warning = words.warning.replace("{name}", name).replace("{time}", timeLeft(by - Date.now(), "long"));
  say(warning, WARNING_SECONDS);
  import("../lib/alerts.js").then(({ alertOnce }) => alertOnce(once, { title: name, body: warning, tag: `chat-${once.split(" ")[0]}` }));
}
