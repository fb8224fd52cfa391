// Which entries the agent has seen before sending a reply: those that were on the screen for a
// moment. The server asks once more if there are others (templates/inbox/_news.html).
import { lastSeq } from "./merge-entries.js";

const MOMENT = 2_000; // milliseconds
const shownAt = new Map(); // by id, of entries that came after the page: when they were in view

const findTimeline = () => document.querySelector("timeline-view");
const isInView = (timeline) => !document.hidden && timeline?.checkVisibility() && timeline.isAtEnd;

document.addEventListener("entry-merged", ({ target: { id } }) => {
  if (!(shownAt.get(id) < Infinity)) shownAt.set(id, Infinity);
  note();
});
for (const type of ["scroll", "visibilitychange", "htmx:finally:swap"])
  document.addEventListener(type, note, { capture: true, passive: true });

function note() {
  if (!isInView(findTimeline())) return;
  const now = performance.now();
  for (const [id, at] of shownAt) if (at === Infinity) shownAt.set(id, now);
}

const isNew = ({ id }) => performance.now() - (shownAt.get(id) ?? -Infinity) < MOMENT;

/** Return the seq up to which the agent has seen the open conversation. */
export function knownSeq() {
  const { list } = findTimeline();
  const firstNew = [...list.querySelectorAll(":scope > .entry")].find(isNew);
  return Math.min(lastSeq(list), firstNew ? firstNew.dataset.seq - 1 : Infinity);
}
