import { isForThePage } from "../elements/hot-key.js";
import { list } from "./conversation-list.js";

// j and k (and the arrows, from within the list) go to the next and the previous conversation.
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const isArrow = event.key.startsWith("Arrow");
  if (!step || !isForThePage(event) || (isArrow && !list()?.contains(event.target))) return;
  event.preventDefault();
  const links = [...list().querySelectorAll(":scope > .row > a")];
  // The focus first: the mark of the open one follows only once its conversation is there.
  const focused = links.indexOf(document.activeElement);
  const here = focused >= 0 || isArrow ? focused : links.findIndex((link) => link.ariaCurrent === "page");
  const next = links[here < 0 ? 0 : here + step];
  next?.focus();
  if (!isArrow) next?.click();
});
