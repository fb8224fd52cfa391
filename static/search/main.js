// The search page.
import "../shell/main.js";
import { isShortcut } from "../elements/hot-key.js";

const field = document.getElementById("search-text");

// What someone typed before htmx listened is searched for now. htmx begins in a timeout, too.
setTimeout(() => {
  if (field.value !== field.defaultValue)
    field.dispatchEvent(new Event("input", { bubbles: true }));
});

// "/" leads to this page. Here it goes to the field, before the link to the page gets the key.
addEventListener(
  "keydown",
  (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return moveFocus(event);
    if (event.key !== "/" || !isShortcut(event)) return;
    event.preventDefault();
    field.select();
  },
  { capture: true },
);

/** Go from the field to the hits, and from one to the next. */
function moveFocus(event) {
  const stops = [field, ...document.querySelectorAll("#results .hits > li > a")];
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!stops.includes(event.target) || !next) return;
  event.preventDefault();
  next.focus();
}
