// Every page of a workspace has this in its own main.js.
import "../lib/htmx.js";
import { showFailure } from "../lib/toast.js";
import "../lib/presence.js";
import "../elements/auto-grow.js";
import "../elements/hot-key.js";
import "../elements/local-time.js";
import "./notification-bell.js";
import "./presence-heartbeat.js";
import "./session-end.js";

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
