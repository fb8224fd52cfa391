import { say } from "../lib/toast.js";

// Elements that do nothing before a click on a button of theirs: their scripts come with the first.
const MODULES = {
  "drop-menu": () => import("./drop-menu.js"),
  "edit-in-place": () => import("./edit-in-place.js"),
  "toggle-switch": () => import("./toggle-switch.js"),
};
const WAITING = `:is(${Object.keys(MODULES)}):not(:defined)`;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const element = button?.closest(WAITING);
  if (!element) return;
  event.preventDefault();
  MODULES[element.localName]().then(
    () => button.click(),
    () => say(document.getElementById("toast").dataset.offline),
  );
});
