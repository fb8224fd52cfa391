// Select conversations of the list: by a row's check box, with x, by a long press, or from the
// list's menu. What happens then is in bulk.js, which is loaded with the first selection.
import { isShortcut } from "../elements/hot-key.js";
import { showFailure } from "../lib/toast.js";
import { findList } from "./conversation-list.js";

const LONG_PRESS = 450; // milliseconds
const FARTHEST = 8; // pixels that a finger may move meanwhile
let press;

// One promise for all uses, so that those that wait while it is loaded keep their order.
let bulk;
const withBulk = (use) => (bulk ??= import("./bulk.js")).then(use, onNotLoaded);

function onNotLoaded() {
  bulk = undefined;
  showFailure("offline");
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.matches?.(".row > .pick")) {
    // A focused check box would take the keys for itself.
    target.nextElementSibling.focus({ preventScroll: true });
    const { checked: isPicked } = target; // picking another row meanwhile may reset it
    withBulk(({ pick }) => pick(target.parentElement, isPicked, shiftKey));
  } else if (target.closest?.("[data-select]")) withBulk(({ start }) => start());
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || !isShortcut(event)) return;
  const row =
    document.activeElement.closest("#conversation-list > .row") ??
    findList()?.querySelector(":scope > .row:has(> a[aria-current])");
  if (!row) return;
  event.preventDefault();
  // The arrow keys continue from here.
  row.querySelector(":scope > a").focus({ preventScroll: true });
  withBulk(({ pick }) => pick(row, !row.querySelector(".pick").checked, event.shiftKey));
});

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("#conversation-list > .row");
  if (!row || event.pointerType !== "touch") return;
  const { clientX: x, clientY: y } = event;
  press = { x, y, timer: setTimeout(() => onLongPress(row), LONG_PRESS) };
});
document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (press && Math.hypot(clientX - press.x, clientY - press.y) > FARTHEST) endPress();
});
for (const name of ["pointerup", "pointercancel", "scroll"])
  document.addEventListener(name, endPress, true);

function endPress() {
  clearTimeout(press?.timer);
  press = undefined;
}

function prevent(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onLongPress(row) {
  endPress();
  // Keep the link's menu, and the click that ends the press, from every other listener.
  for (const name of ["contextmenu", "click"])
    window.addEventListener(name, prevent, { capture: true, once: true });
  for (const name of ["pointerup", "pointercancel"])
    document.addEventListener(name, () => setTimeout(allow, 50), { once: true });
  withBulk(({ pick }) => pick(row, !row.querySelector(".pick").checked));
}

function allow() {
  for (const name of ["contextmenu", "click"]) window.removeEventListener(name, prevent, true);
}

// A run that this tab had started before the page was left.
if (sessionStorage.getItem("messagehub-bulk-run"))
  import("./bulk-run.js").then(({ resume }) => resume());
