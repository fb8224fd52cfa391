// A menu with a field that filters its options: the focus stays in the field, arrow keys choose an
// option and Enter presses it. An option .create offers to create what was typed, if it doesn't
// exist yet.
import { foldText, matchesQuery } from "../lib/text-match.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const findField = (menu) => menu.querySelector("[role=combobox]");
const findOptions = (menu) => [...menu.querySelectorAll("[role=option]:not(.create)")];
const findActive = (menu) => menu.querySelector("[data-active]");

/** Make the menu ready, once. What is typed is gone when it closes. */
export function prepareFilter(menu) {
  if (menu.dataset.isReady) return;
  menu.dataset.isReady = true;
  const field = findField(menu);
  field.addEventListener("input", () => filterOptions(menu));
  field.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed") field.value = "";
  });
}

export function filterOptions(menu) {
  const typed = findField(menu).value.trim();
  let isKnown = false;
  for (const option of findOptions(menu)) {
    const name = option.textContent;
    option.hidden = !matchesQuery(name, typed);
    isKnown ||= foldText(name) === foldText(typed);
  }
  const creation = menu.querySelector(".create");
  if (creation) {
    creation.hidden = !typed || isKnown;
    const text = creation.dataset.text.replace("{name}", () => typed);
    creation.querySelector("span").textContent = text;
  }
  activate(menu, typed ? findShown(menu)[0] : undefined);
}

const findShown = (menu) =>
  [...menu.querySelectorAll("[role=option]")].filter((option) => !option.hidden);

function activate(menu, option) {
  findActive(menu)?.removeAttribute("data-active");
  option?.setAttribute("data-active", "");
  option?.scrollIntoView({ block: "nearest" });
  findField(menu).setAttribute("aria-activedescendant", option?.id ?? "");
}

function onKey(event, menu) {
  const active = findActive(menu);
  if (event.key === "Enter" && active) {
    event.preventDefault();
    active.click();
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const shown = findShown(menu);
  const index = shown.indexOf(active);
  activate(menu, shown.at(index < 0 && step < 0 ? -1 : (index + step) % shown.length));
}
