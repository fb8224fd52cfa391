// Warn the agent once about each response that is due soon, whatever the desk shows.
import { parseInterval } from "../elements/response-due.js";
import { parseHtml } from "../lib/html.js";
import { formatTimeLeft } from "../lib/time-format.js";
import { showToast } from "../lib/toast.js";

const WARNING_SECONDS = 20;
const texts = document.getElementById("response-timer-texts").dataset;
const timeouts = new Map(); // by conversation number
const warned = new Set();

/** Follow a row that has changed: an open conversation of this agent is timed, any other is not. */
export function followRow({ number, status, assignee, html }) {
  const isOwn = status === "open" && assignee === document.body.dataset.me;
  const timer = isOwn && parseHtml(html)[0]?.querySelector("response-due");
  follow(timer ? timer.dataset : { number });
}

/** Follow exactly these timers: all of this agent's, as the server lists them after a gap. */
export function followAll(timers) {
  const numbers = new Set(timers.map(({ number }) => String(number)));
  for (const number of timeouts.keys()) if (!numbers.has(number)) follow({ number });
  for (const timer of timers) follow(timer);
}

function follow({ number, interval, name }) {
  const key = String(number);
  clearTimeout(timeouts.get(key));
  timeouts.delete(key);
  const { dueAt, warnAt } = parseInterval(interval) ?? {};
  const now = Date.now();
  if (dueAt > now)
    timeouts.set(
      key,
      setTimeout(() => warn(key, interval, name, dueAt), Math.max(0, warnAt - now)),
    );
}

function warn(number, interval, name, dueAt) {
  const key = `${number} ${interval}`;
  if (warned.has(key)) return;
  warned.add(key);
  const warning = texts.warning
    .replace("{name}", name)
    .replace("{time}", formatTimeLeft(dueAt - Date.now(), "long"));
  showToast(warning, WARNING_SECONDS);
  import("../lib/alerts.js").then(
    ({ alertOnce, isEnabled }) =>
      isEnabled("due") && alertOnce(key, { title: name, body: warning, tag: `chat-${number}` }),
  );
}
