// Live updates don't replace an element while it is pressed, because a click that ends on another
// element than it began on is none.
const PRESSED = "a, button, label, summary, #conversation-list";
const LONGEST_PRESS = 10_000; // milliseconds; the end of a press may go unnoticed
const onRelease = [];
let pressed; // the timer of its longest duration

/** Change the page now, or as soon as nothing is pressed any more. */
export const whenReleased = (change) => (pressed ? void onRelease.push(change) : change());

document.addEventListener("pointerdown", ({ target, button }) => {
  if (button || !target.closest(PRESSED)) return;
  clearTimeout(pressed);
  pressed = setTimeout(release, LONGEST_PRESS);
});
// Dragging a link cancels the pointer. The click comes right after "pointerup".
for (const name of ["pointerup", "pointercancel", "contextmenu"])
  document.addEventListener(name, () => setTimeout(release), true);

function release() {
  clearTimeout(pressed);
  pressed = undefined;
  for (const change of onRelease.splice(0)) {
    try {
      change();
    } catch (error) {
      reportError(error);
    }
  }
}
