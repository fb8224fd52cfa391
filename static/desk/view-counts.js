import { places, showCount } from "../lib/counts.js";
import { followAll } from "./response-timers.js";
import { ask } from "../lib/requests.js";
import { recallPresence } from "../lib/presence.js";

// The figures beside the views: right at once from what is known, and checked now and then.
const OFTEN = 10_000;
let asked = 0, waiting;

export function adjust(was, is) {
  const views = { ...everywhere, [is.inbox]: isOpen };
  for (const [name, counts] of Object.entries(views)) {
    const change = Number(counts(is)) - Number(Boolean(was && counts(was)));
    const [place] = places(name);
    if (change && place) showCount(name, Math.max(0, Number(place.textContent) + change));
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
  const now = (asked = Date.now());
  const { people = [], timers, ...counts } = await (await ask(url)).json();
  followAll(timers);
  for (const person of people) recallPresence(person, now);
  for (const [name, count] of Object.entries(counts)) showCount(name, count);
}
