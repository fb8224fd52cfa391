import { at, parse, placeRow } from "./merge-entries.js";

// The list of conversations as its view wants it: a row that belongs stands in its place, another goes.
export const list = () => document.getElementById("conversation-list");

export function applyRow({ id, html, ...place }) {
  const rows = list();
  if (!rows) return;
  rows.dataset.known = "";
  const [row] = parse(html);
  if (belongs(place, rows.dataset) && !isBeyondTheEnd(row, rows)) placeRow(rows, row);
  else document.getElementById(id)?.remove();
  markCurrent();
}

function belongs({ status, assignee, inbox }, shown) {
  if (status !== shown.status || (shown.inbox && inbox !== shown.inbox)) return false;
  if (shown.view === "mine") return assignee === document.body.dataset.me;
  return shown.view === "all" || assignee === "";
}

// Older than everything loaded while there is more to load: it comes with its page.
function isBeyondTheEnd(row, rows) {
  const loaded = rows.querySelectorAll(":scope > .row:not(#" + row.id + ")");
  return rows.querySelector(":scope > .more") && loaded.length && at(row) < at([...loaded].at(-1));
}

/** After a gap: the first page as the server has it; pages loaded below it stay. Nothing: it has not changed. */
export function applyRows(html) {
  const rows = list();
  const fresh = parse(html).find((each) => each.id === rows?.id);
  if (!fresh || ["view", "status", "inbox"].some((key) => fresh.dataset[key] !== rows.dataset[key])) return;
  const arrived = [...fresh.querySelectorAll(":scope > .row")];
  const ids = new Set(arrived.map((row) => row.id));
  const end = fresh.querySelector(".more") ? at(arrived.at(-1)) : -Infinity;
  for (const row of rows.querySelectorAll(":scope > .row")) if (!ids.has(row.id) && at(row) >= end) row.remove();
  for (const row of arrived) placeRow(rows, row);
  rows.dataset.known = fresh.dataset.known;
  markCurrent();
}

/** The row of the conversation in the middle is the chosen one; its links lead on within this view. */
export function markCurrent() {
  const current = document.getElementById("conversation")?.dataset.number;
  for (const row of list()?.querySelectorAll(":scope > .row") ?? []) {
    const link = row.querySelector("a");
    if (row.dataset.number === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.search = query();
  }
}

export function query() {
  const { view, status, inbox } = list().dataset;
  return String(new URLSearchParams(inbox ? { view, status, inbox } : { view, status }));
}
