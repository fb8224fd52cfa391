// j and k, and the arrow keys within the list, go to the next and the previous conversation.
import { isShortcut } from "../elements/hot-key.js";
import { findList } from "./conversation-list.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const isArrow = event.key.startsWith("Arrow");
  if (!step || !isShortcut(event) || (isArrow && !findList()?.contains(event.target))) return;
  event.preventDefault();
  const links = [...findList().querySelectorAll(":scope > .row > a")];
  // Go on from the focus: the current row is marked only when its conversation has been loaded.
  const focused = links.indexOf(document.activeElement);
  const index =
    focused >= 0 || isArrow ? focused : links.findIndex((link) => link.ariaCurrent === "page");
  const next = links[index < 0 ? 0 : index + step];
  next?.focus();
  if (!isArrow) next?.click();
});
