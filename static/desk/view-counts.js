// Show how many open conversations each view has: adjusted at once by live updates, and reloaded
// now and then.
import { findCounts, showCount, showRequestedCount } from "../lib/counts.js";
import { showRequestedPresence } from "../lib/presence.js";
import { request } from "../lib/requests.js";
import { followAll } from "./response-timers.js";

const INTERVAL = 10_000; // milliseconds
let requestedAt = 0;
let timer;

const isOpen = ({ status }) => status === "open";

/** Return by how much each view's count changes when a conversation changes. */
export function countChanges(previous, current, me) {
  const views = {
    mine: (conversation) => isOpen(conversation) && conversation.assignee === me,
    unassigned: (conversation) => isOpen(conversation) && conversation.assignee === "",
    all: isOpen,
    [current.inbox]: isOpen,
  };
  return Object.entries(views).map(([name, contains]) => [
    name,
    Number(contains(current)) - Number(Boolean(previous && contains(previous))),
  ]);
}

export function adjust(previous, current) {
  for (const [name, change] of countChanges(previous, current, document.body.dataset.me)) {
    const [element] = findCounts(name);
    if (change && element) showCount(name, Math.max(0, Number(element.textContent) + change));
  }
}

/** Reload soon, but at most every ten seconds, and spread so that desks don't ask all at once. */
export function reloadSoon(url) {
  timer ??= setTimeout(
    () => reload(url).catch(() => {}),
    Math.max(1_500, requestedAt + INTERVAL - Date.now()) + Math.random() * 2_000,
  );
}

export async function reload(url) {
  clearTimeout(timer);
  timer = undefined;
  const startedAt = (requestedAt = Date.now());
  const { people = [], timers, ...counts } = await (await request(url)).json();
  followAll(timers);
  for (const person of people) showRequestedPresence(person, startedAt);
  for (const [name, count] of Object.entries(counts)) showRequestedCount(name, count, startedAt);
}
