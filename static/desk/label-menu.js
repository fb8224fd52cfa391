// The menu that adds labels to the open conversation. It is loaded when it is first opened.
import { requestText } from "../lib/requests.js";
import { foldText, matchesQuery } from "../lib/text-match.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const findField = (menu) => menu.querySelector("[role=combobox]");
const findOptions = (menu) => [...menu.querySelectorAll("[role=option]")];
const findActive = (menu) => menu.querySelector("[data-active]");

/** Show the labels of the workspace. What is typed while they load stays. */
export async function showLabels(menu) {
  const field = findField(menu);
  if (!menu.dataset.isReady) {
    menu.dataset.isReady = true;
    field.addEventListener("input", () => filter(menu));
    field.addEventListener("keydown", (event) => onKey(event, menu));
    menu.addEventListener("toggle", ({ newState }) => {
      if (newState === "closed") field.value = "";
    });
  }
  const headers = { "HX-Request": "true" };
  menu.querySelector("[role=listbox]").innerHTML = await requestText(menu.dataset.url, { headers });
  filter(menu);
}

function filter(menu) {
  const options = findOptions(menu);
  const creation = options.pop();
  const typed = findField(menu).value.trim();
  let isKnown = false;
  for (const option of options) {
    const name = option.textContent;
    option.hidden = !matchesQuery(name, typed);
    isKnown ||= foldText(name) === foldText(typed);
  }
  if (!creation) return;
  creation.hidden = !typed || isKnown;
  const text = creation.dataset.text.replace("{name}", () => typed);
  creation.querySelector("span").textContent = text;
  activate(menu, typed ? findShown(menu)[0] : undefined);
}

const findShown = (menu) => findOptions(menu).filter((option) => !option.hidden);

function activate(menu, option) {
  findActive(menu)?.removeAttribute("data-active");
  option?.setAttribute("data-active", "");
  option?.scrollIntoView({ block: "nearest" });
  findField(menu).setAttribute("aria-activedescendant", option?.id ?? "");
}

// The focus stays in the field: arrow keys choose an option, and Enter presses it.
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
