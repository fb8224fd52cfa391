// Every page of a workspace has this in its own main.js.
import "../lib/htmx.js";
import "../lib/latest-request.js";
import { showFailure } from "../lib/toast.js";
import "../lib/presence.js";
import "../elements/auto-grow.js";
import { isUnmodified } from "../elements/hot-key.js";
import "../elements/local-time.js";
import "./notification-bell.js";
import "./presence-heartbeat.js";
import "./session-end.js";

// The command bar is loaded when it is first opened: with Ctrl+K, or by a button. What is typed
// while it loads is meant for it, and not a shortcut.
let typedAhead;

async function toggleCommandBar() {
  if (typedAhead !== undefined) return;
  typedAhead = "";
  const { url } = document.getElementById("open-commands").dataset;
  const module = await import("./command-bar.js").catch(() => showFailure("offline"));
  await module?.toggleCommandBar(url, () => typedAhead);
  typedAhead = undefined;
}

addEventListener(
  "keydown",
  (event) => {
    if (typedAhead === undefined || event.key.length > 1 || !isUnmodified(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    typedAhead += event.key;
  },
  { capture: true },
);

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (key.toLowerCase() !== "k" || ctrlKey === metaKey || shiftKey || altKey) return;
  if (event.defaultPrevented || document.querySelector("dialog[open]:not(.command-bar)")) return;
  event.preventDefault();
  toggleCommandBar();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-opens='commands']")) toggleCommandBar();
});

// A cookie, so that the server sends every page as this browser had the last one.
document.querySelector(".rail .fold")?.addEventListener("click", ({ currentTarget }) => {
  const isFolded = document.body.toggleAttribute("data-rail");
  currentTarget.ariaExpanded = String(!isFolded);
  document.cookie = `rail=${isFolded ? "folded; max-age=31536000" : "; max-age=0"}; path=/; samesite=lax`;
});

// Elements that do nothing before their button is clicked are loaded with the first click.
const LOADED_ON_CLICK = {
  "drop-menu": () => import("../elements/drop-menu.js"),
  "edit-in-place": () => import("../elements/edit-in-place.js"),
  "toggle-switch": () => import("../elements/toggle-switch.js"),
};
const UNDEFINED = `:is(${Object.keys(LOADED_ON_CLICK)}):not(:defined)`;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const element = button?.closest(UNDEFINED);
  if (!element) return;
  event.preventDefault();
  LOADED_ON_CLICK[element.localName]().then(
    () => button.click(),
    () => showFailure("offline"),
  );
});
