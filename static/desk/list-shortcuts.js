// j and k, and the arrow keys within the list, go to the next and the previous conversation.
import { isShortcut } from "../elements/hot-key.js";
import { findList } from "./conversation-list.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
let opened = {}; // what the list shows, and the index in it of the row that was opened last

// The list itself is replaced when it is loaded again.
const shownBy = ({ dataset }) => [dataset.view, dataset.status, dataset.query].join();
const findLinks = (list) => [...list.querySelectorAll(":scope > .row > a")];

document.addEventListener("click", ({ target }) => {
  const list = findList();
  const index = list ? findLinks(list).indexOf(target.closest?.("a")) : -1;
  if (index >= 0) opened = { shown: shownBy(list), index };
});

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const isArrow = event.key.startsWith("Arrow");
  const list = findList();
  if (!step || !list || !isShortcut(event) || (isArrow && !list.contains(event.target))) return;
  event.preventDefault();
  const links = findLinks(list);
  // Continue from the focus: the current row is marked only when its conversation has been loaded.
  const focused = links.indexOf(document.activeElement);
  const index =
    focused >= 0 || isArrow ? focused : links.findIndex((link) => link.ariaCurrent === "page");
  const next = index < 0 ? findNeighbour(list, links, step) : links[index + step];
  next?.focus();
  if (!isArrow) next?.click();
});

/** Return the row after or before one that has left the list, such as a resolved one. */
function findNeighbour(list, links, step) {
  const gap = opened.shown === shownBy(list) ? opened.index : 0;
  return links[Math.min(step > 0 ? gap : Math.max(gap - 1, 0), links.length - 1)];
}
