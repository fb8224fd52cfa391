// The selected conversations of the list, and the bar that changes all of them. Live updates
// replace rows, so what is selected is kept here, and the check boxes follow.
import { isShortcut } from "../elements/hot-key.js";
import { parseHtml } from "../lib/html.js";
import { requestText, request } from "../lib/requests.js";
import { showFailure } from "../lib/toast.js";
import { prepareMenu } from "./bulk-menus.js";
import { startRun } from "./bulk-run.js";
import { findList, listQuery } from "./conversation-list.js";

const selected = new Set(); // numbers, as text
// counting: the request for the number of conversations in the whole view, until it is overtaken.
const state = { isOn: false, wholeView: null, anchor: null, list: null, bar: null, key: null };
const KEYS = "alptze"; // the bar's buttons have them, and they work while it is being loaded
const findRows = () => [...state.list.querySelectorAll(":scope > .row")];
const findRow = (number) => document.getElementById(`row-${number}`);
const observer = new MutationObserver(onRowsChanged);

/** Show the bar, so that rows can be selected by touching them. */
export async function start() {
  if (state.isOn) return;
  Object.assign(state, { isOn: true, wholeView: null, anchor: null, list: findList() });
  observer.observe(state.list, { childList: true });
  show();
  try {
    const url = document.querySelector("live-desk").dataset.bulkUrl;
    const [bar] = parseHtml(await requestText(url));
    if (!state.isOn || state.bar) return;
    state.bar = bar;
    bar.dataset.status = state.list.dataset.status;
    prepare(bar);
    state.list.closest(".list").prepend(bar);
    requestAnimationFrame(show); // a status is announced only if it changes
    if (state.key) findButton(state.key)?.click();
    state.key = null;
  } catch {
    clear();
    showFailure("offline");
  }
}

/** Select or deselect a row; as a range, together with all rows from the last selected one. */
export function pick(row, isPicked, isRange = false) {
  start();
  if (state.wholeView) for (const each of findRows()) selected.add(each.dataset.number);
  state.wholeView = state.counting = null;
  for (const each of isRange ? rowsBetween(state.anchor, row) : [row])
    if (isPicked) selected.add(each.dataset.number);
    else selected.delete(each.dataset.number);
  state.anchor = row.dataset.number;
  showOrEnd();
}

function rowsBetween(number, row) {
  const rows = findRows();
  const ends = [number, row.dataset.number].map((each) => rows.indexOf(findRow(each)));
  return ends[0] < 0 ? [row] : rows.slice(Math.min(...ends), Math.max(...ends) + 1);
}

export function clear() {
  const hadFocus = state.bar?.contains(document.activeElement);
  observer.disconnect();
  selected.clear();
  state.bar?.remove();
  Object.assign(state, { isOn: false, wholeView: null, counting: null, bar: null, key: null });
  show();
  if (hadFocus) (findRow(state.anchor) ?? state.list).querySelector("a")?.focus();
}

// The menu starts without a selection; after that, none is its end.
const showOrEnd = () => (selected.size || state.wholeView ? show() : clear());

function show() {
  const { list, bar, isOn, wholeView } = state;
  list.toggleAttribute("data-selecting", isOn);
  const rows = findRows();
  for (const row of rows)
    row.querySelector(".pick").checked =
      isOn && Boolean(wholeView || selected.has(row.dataset.number));
  if (!bar) return;
  const count = wholeView ? wholeView.count : selected.size;
  const isAll = Boolean(wholeView) || (rows.length > 0 && rows.every(isSelected));
  const status = bar.querySelector("[role=status]");
  const text = wholeView && !wholeView.is_all ? "most" : count === 1 ? "one" : "many";
  status.textContent = status.dataset[text].replace("{count}", count);
  const box = bar.querySelector("[data-all]");
  Object.assign(box, { checked: isAll, indeterminate: !isAll && selected.size > 0 });
  const hasMore = list.querySelector(":scope > .more");
  bar.querySelector("[data-whole-view]").hidden = !(isAll && hasMore && !wholeView);
  for (const button of bar.querySelectorAll(".actions button[data-key]")) button.disabled = !count;
}

const isSelected = (row) => selected.has(row.dataset.number);

// A row that was moved is back in the list by now. One that left the list is deselected, so that no
// one changes a conversation that they don't see.
function onRowsChanged() {
  if (!state.wholeView) for (const each of selected) if (!findRow(each)) selected.delete(each);
  if (state.anchor && !selected.size && !state.wholeView) clear();
  else show();
}

function prepare(bar) {
  bar.addEventListener("submit", onSubmit);
  bar.addEventListener("click", ({ target }) => {
    if (target.closest("[data-clear]")) clear();
    else if (target.closest("[data-whole-view]")) selectWholeView();
    else if (target.matches("[data-all]")) selectShown(target.checked);
  });
  for (const menu of bar.querySelectorAll(".menu"))
    menu.addEventListener("beforetoggle", ({ newState }) => {
      if (newState === "open") prepareMenu(menu, findRows().filter(isShown));
    });
}

const isShown = (row) => state.wholeView || isSelected(row);

function selectShown(isPicked) {
  selected.clear();
  state.wholeView = state.counting = null;
  if (isPicked) for (const row of findRows()) selected.add(row.dataset.number);
  showOrEnd();
}

async function selectWholeView() {
  const current = (state.counting = {});
  try {
    const url = `${state.bar.dataset.countUrl}?${listQuery()}`;
    const wholeView = await (await request(url)).json();
    if (current !== state.counting) return; // the selection was changed meanwhile
    state.wholeView = wholeView;
    state.bar.querySelector("[data-all]").focus(); // the button is hidden now
    show();
  } catch {
    if (current === state.counting) showFailure("offline");
  }
}

async function onSubmit(event) {
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(event.target, event.submitter));
  const { wholeView } = state;
  if (wholeView) {
    fields.set("all", "1");
    fields.set("query", listQuery());
  } else fields.set("numbers", [...selected].join(" "));
  const isStarted = await startRun(event.target.action, fields);
  // Rows that leave the list are deselected by onRowsChanged(), but the whole view has to be chosen
  // again, because it has other conversations now.
  if (isStarted && wholeView) clear();
}

const findButton = (key) =>
  [...state.bar.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((each) =>
    each.checkVisibility(),
  );

document.addEventListener(
  "keydown",
  (event) => {
    if (!state.isOn || state.bar?.querySelector(":popover-open")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "a") {
      if (event.target.closest("input:not(.pick), textarea, [contenteditable]")) return;
      event.preventDefault();
      return selectShown(true);
    }
    if (!isShortcut(event)) return;
    if (event.key === "Escape") return clear();
    const isEarly = !state.bar && KEYS.includes(event.key);
    const button = state.bar && findButton(event.key);
    if (!isEarly && !button) return;
    event.preventDefault(); // the open conversation has the same keys
    if (isEarly) state.key = event.key;
    else button.click();
  },
  true,
);

// While selecting, a finger selects and doesn't open; with Shift, a click selects a range.
let isTouch = false;
document.addEventListener(
  "pointerdown",
  (event) => (isTouch = event.pointerType === "touch"),
  true,
);
document.addEventListener(
  "click",
  (event) => {
    const row = event.target.closest?.("#conversation-list > .row");
    if (!state.isOn || !row || event.target.matches(".pick")) return;
    if (!isTouch && !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    pick(row, event.shiftKey || !isSelected(row), event.shiftKey);
  },
  true,
);

// A different view has different rows.
document.addEventListener("htmx:finally:swap", () => {
  if (state.isOn && findList() !== state.list) clear();
});
