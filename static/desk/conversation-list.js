// Keep the list of conversations as its view wants it, in the order of the last activity.
import { parseHtml } from "../lib/html.js";

export const findList = () => document.getElementById("conversation-list");
const changedAt = new Map(); // row id: performance.now() of its latest live update
const findRows = (list) => [...list.querySelectorAll(":scope > .row")];

/** Tell whether a row belongs above another one, as the server sorts them. */
export function isAbove({ dataset: row }, { dataset: other }) {
  if (row.at !== other.at) return row.at > other.at; // all are in UTC, with microseconds
  return Number(row.number) > Number(other.number);
}

/** Insert, move or remove the row of a conversation that has changed. */
export function mergeRow({ id, html, ...conversation }) {
  const list = findList();
  changedAt.set(id, performance.now());
  if (!list) return;
  list.dataset.version = "";
  const [row] = parseHtml(html);
  if (isInView(conversation, list.dataset, document.body.dataset.me) && !isBeyondEnd(row, list))
    insertRow(list, row);
  else document.getElementById(id)?.remove();
  showCurrent();
}

export function isInView({ status, assignee, inbox }, view, me) {
  if (status !== view.status || (view.inbox && inbox !== view.inbox)) return false;
  if (view.view === "mine") return assignee === me;
  return view.view === "all" || assignee === "";
}

// While there are more pages to load, a row below all that are shown comes with its page.
function isBeyondEnd(row, list) {
  const last = findRows(list).findLast((each) => each.id !== row.id);
  return list.querySelector(":scope > .more") && last && isAbove(last, row);
}

function insertRow(list, row) {
  const known = document.getElementById(row.id);
  const hadFocus = known?.contains(document.activeElement);
  const next =
    findRows(list).find((each) => each !== known && isAbove(row, each)) ??
    list.querySelector(":scope > .more");
  if (known && known.nextElementSibling === next) known.replaceWith(row);
  else {
    known?.remove();
    list.insertBefore(row, next ?? null);
  }
  htmx.process(row);
  if (hadFocus) row.querySelector("a").focus({ preventScroll: true });
}

/**
 * Merge the first page of the list, reloaded after a gap. Pages loaded below it stay, and so does
 * what a live update has changed since the request began: the response may be older than it.
 */
export function mergeRows(html, requestedAt) {
  const list = findList();
  const fresh = parseHtml(html).find((each) => each.id === list?.id); // none if nothing has changed
  if (!fresh || ["view", "status", "inbox"].some((key) => fresh.dataset[key] !== list.dataset[key]))
    return;
  const isNewer = ({ id }) => changedAt.get(id) > requestedAt;
  const rows = findRows(fresh);
  const ids = new Set(rows.map((row) => row.id));
  const end = fresh.querySelector(".more") && rows.at(-1);
  for (const row of findRows(list))
    if (!ids.has(row.id) && !isNewer(row) && !(end && isAbove(end, row))) row.remove();
  for (const row of rows) if (!isNewer(row)) insertRow(list, row);
  list.dataset.version = rows.some(isNewer) ? "" : fresh.dataset.version;
  showCurrent();
}

// A row may have moved up while the page that has it further down was on its way.
document.addEventListener("htmx:finally:swap", () => {
  const shown = new Set();
  for (const row of findList() ? findRows(findList()) : []) {
    if (shown.has(row.id)) row.remove();
    shown.add(row.id);
  }
});

/** Mark the row of the open conversation, and keep its links within this view. */
export function showCurrent() {
  const current = document.getElementById("conversation")?.dataset.number;
  const list = findList();
  for (const row of list ? findRows(list) : []) {
    const link = row.querySelector("a");
    if (row.dataset.number === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.search = listQuery();
  }
}

/** Return the query string of the list that is shown. */
export function listQuery() {
  const { view, status, inbox } = findList().dataset;
  return String(new URLSearchParams(inbox ? { view, status, inbox } : { view, status }));
}
