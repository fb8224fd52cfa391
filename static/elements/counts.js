import { ask } from "./post.js";
import { showPresence } from "./presence-dots.js";

// The figures beside the views: right at once from what is known, and checked against the server now and then.
const OFTEN = 10_000;
const places = (name) => document.querySelectorAll(`[data-count="${name}"]`);
let asked = 0, waiting;

export function adjust(was, is) {
  const views = { ...everywhere, [is.inbox]: isOpen };
  for (const [name, counts] of Object.entries(views)) {
    const change = Number(counts(is)) - Number(Boolean(was && counts(was)));
    if (change) for (const place of places(name)) place.textContent = Math.max(0, Number(place.textContent) + change);
  }
}

const isOpen = ({ status }) => status === "open";
const everywhere = {
  mine: (place) => isOpen(place) && place.assignee === document.body.dataset.me,
  unassigned: (place) => isOpen(place) && place.assignee === "",
  all: isOpen,
};

/** Soon, but at most every ten seconds, and not all screens in the same moment. */
export function checkSoon(url) {
  waiting ??= setTimeout(() => check(url).catch(() => {}), Math.max(1_500, asked + OFTEN - Date.now()) + Math.random() * 2_000);
}

export async function check(url) {
  clearTimeout(waiting);
  waiting = undefined;
  asked = Date.now();
  const { people, ...counts } = await (await ask(url)).json();
  for (const person of people) showPresence(person);
  for (const name in counts) for (const place of places(name)) place.textContent = counts[name];
}
