// <div id="emoji-picker" popover>: finds an emoji by English words and inserts it where the caret
// was in the composer. Arrow keys move in the grid.
import { insertText } from "../lib/text-edit.js";
import { foldText, matchesQuery } from "../lib/text-match.js";
import { GROUPS } from "./emoji-data.js";

const RECENT = "messagehub-emoji";
const MAX_RECENT = 16;
const COLUMNS = 8;
const GAP = 8; // pixels
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
const ALL = GROUPS.flat();
let field;

/** Open the picker above its button, or close it. */
export function use(button) {
  const picker = document.getElementById("emoji-picker");
  ({ body: field } = button.form.elements);
  if (!picker.dataset.isReady) prepare(picker);
  picker.togglePopover();
  if (!picker.matches(":popover-open")) return;
  position(picker, button);
  const search = picker.querySelector("input");
  search.value = "";
  show(picker);
  search.focus();
}

function prepare(picker) {
  picker.dataset.isReady = "yes";
  picker.addEventListener("input", () => show(picker));
  picker.addEventListener("keydown", (event) => onKey(picker, event));
  picker.addEventListener("click", ({ target }) => {
    const button = target.closest(".found button");
    if (button) pick(picker, button.textContent);
  });
  picker.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed" && picker.contains(document.activeElement)) field.focus();
  });
}

function position({ style, offsetWidth, offsetHeight }, button) {
  const { top, left } = button.getBoundingClientRect();
  style.top = `${Math.max(GAP, top - offsetHeight - GAP)}px`;
  style.left = `${Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP))}px`;
}

function pick(picker, emoji) {
  picker.hidePopover();
  insertText(field, emoji);
  const recent = [emoji, ...readRecent().filter((each) => each !== emoji)].slice(0, MAX_RECENT);
  localStorage.setItem(RECENT, recent.join(" "));
}

const readRecent = () => (localStorage.getItem(RECENT) ?? "").split(" ").filter(Boolean);

function show(picker) {
  const query = picker.querySelector("input").value.trim();
  const [found, status] = picker.querySelectorAll(".found, [role=status]");
  const matches = query ? findEmoji(ALL, query) : [];
  const [recent, ...groups] = picker.dataset.groups.split("|");
  const sections = query
    ? [buildSection("", matches)]
    : [
        buildSection(recent, findRecent()),
        ...GROUPS.map((each, i) => buildSection(groups[i], each)),
      ];
  found.replaceChildren(...sections.filter(Boolean));
  found.scrollTop = 0;
  status.textContent = query && !matches.length ? picker.dataset.none : "";
}

/** Return those that have all typed words; those with a word that begins so come first. */
export function findEmoji(all, query) {
  const words = foldText(query).split(/\s+/);
  const begins = (each) =>
    Number(
      words.every((word) =>
        foldText(each)
          .split(" ")
          .some((other) => other.startsWith(word)),
      ),
    );
  return all
    .filter((each) => matchesQuery(each, query))
    .toSorted((one, other) => begins(other) - begins(one));
}

function findRecent() {
  const recent = readRecent();
  const known = ALL.filter((each) => recent.includes(each.split(" ")[0]));
  return known.toSorted((one, other) => rank(recent, one) - rank(recent, other));
}

const rank = (recent, each) => recent.indexOf(each.split(" ")[0]);

function buildSection(title, lines) {
  if (!lines.length) return undefined;
  const section = document.createElement("section");
  if (title) section.append(Object.assign(document.createElement("p"), { textContent: title }));
  const grid = Object.assign(document.createElement("div"), { className: "grid" });
  grid.append(...lines.map(buildButton));
  section.append(grid);
  return section;
}

function buildButton(line) {
  const [emoji, ...words] = line.split(" ");
  const name = words.join(" ");
  return Object.assign(document.createElement("button"), {
    type: "button",
    textContent: emoji,
    ariaLabel: name,
    title: name,
    tabIndex: -1,
  });
}

function onKey(picker, event) {
  const { key, target } = event;
  const buttons = [...picker.querySelectorAll(".found button")];
  const index = buttons.indexOf(target);
  const isSearch = index < 0;
  if (key === "Enter" && isSearch) {
    event.preventDefault();
    if (target.value.trim() && buttons.length) pick(picker, buttons[0].textContent);
    return;
  }
  if (!STEPS[key] || (isSearch && key !== "ArrowDown")) return;
  event.preventDefault();
  const next = isSearch ? 0 : index + STEPS[key];
  (buttons[next] ?? (next < 0 ? picker.querySelector("input") : buttons.at(-1)))?.focus();
}
