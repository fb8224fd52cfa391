// Keep the list of conversations true to its view, its filters and its order.
import { parseHtml } from "../lib/html.js";
import { whenReleased } from "../lib/press.js";

export const findList = () => document.getElementById("conversation-list");
const changedAt = new Map(); // row id: performance.now() of its latest live update
const findRows = (list) => [...list.querySelectorAll(":scope > .row")];

const NOT_WAITING = "~"; // after all times
const ASCENDING = new Set(["waiting", "oldest"]);

/** Return whether a row belongs above another one, as the server sorts them (inbox/list_order.py). */
export function isAbove({ dataset: row }, { dataset: other }, order = "latest") {
  // All times are in UTC, with microseconds.
  const time = {
    latest: ({ at, mentioned }) => mentioned ?? at,
    waiting: ({ waiting }) => waiting ?? NOT_WAITING,
  }[order];
  const [key, otherKey] =
    time && time(row) !== time(other)
      ? [time(row), time(other)]
      : [Number(row.number), Number(other.number)];
  return ASCENDING.has(order) ? key < otherKey : key > otherKey;
}

/** Return whether any row has changed since this time. */
export const hasChangedSince = (time) => [...changedAt.values()].some((at) => at > time);

/** Insert, move or remove the row of a conversation that has changed. */
export function mergeRow(row) {
  changedAt.set(row.id, performance.now());
  whenReleased(() => showRow(row));
}

function showRow({ id, html }) {
  const list = findList();
  if (!list) return;
  list.dataset.version = "";
  const [row] = parseHtml(html); // none if this member may no longer see it
  const { me } = document.body.dataset;
  if (row) keepMention(row, document.getElementById(id));
  if (row && isInView(row.dataset, list.dataset, me) && !isBeyondEnd(row, list))
    insertRow(list, row);
  else document.getElementById(id)?.remove();
  showCurrent();
}

/** Only the server knows of mentions, and a live update is the same for everyone. */
function keepMention(row, known) {
  const { mentioned, unread } = known?.dataset ?? {};
  if (mentioned) row.dataset.mentioned = mentioned;
  if (unread !== undefined) row.dataset.unread = unread;
}

// What a row says about each filter: ids, or nothing for "none".
const FILTERS = {
  inbox: (row) => row.inbox,
  assignee: (row) => row.assignee,
  owner: (row) => row.owner,
  team: (row) => row.team,
  label: (row) => row.labels,
  priority: (row) => row.priority?.replace("0", ""),
};
const NONE = "none";

/** Return whether the list shows a row, as the server does (ConversationFilters.condition). */
export function isInView(row, list, me) {
  const isLetThrough = ([filter, read]) =>
    !list[filter] ||
    (list[filter] === NONE ? !read(row) : Boolean(read(row)?.split(" ").includes(list[filter])));
  if (row.status !== list.status || !Object.entries(FILTERS).every(isLetThrough)) return false;
  if (list.view === "mentions") return Boolean(row.mentioned);
  if (list.view === "mine") return row.assignee === me;
  return list.view === "all" || row.assignee === "";
}

// While there are more pages to load, a row below the last one is loaded with its page.
function isBeyondEnd(row, list) {
  const last = findRows(list).findLast((each) => each.id !== row.id);
  return list.querySelector(":scope > .more") && last && isAbove(last, row, list.dataset.order);
}

function insertRow(list, row) {
  const known = document.getElementById(row.id);
  const hadFocus = known?.contains(document.activeElement);
  const { order } = list.dataset;
  const next =
    findRows(list).find((each) => each !== known && isAbove(row, each, order)) ??
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
  whenReleased(() => showRows(html, requestedAt));
}

function showRows(html, requestedAt) {
  const list = findList();
  const fresh = parseHtml(html).find((each) => each.id === list?.id); // none if nothing has changed
  if (!fresh || fresh.dataset.query !== list.dataset.query) return;
  const isNewer = ({ id }) => changedAt.get(id) > requestedAt;
  const rows = findRows(fresh);
  const ids = new Set(rows.map((row) => row.id));
  const end = fresh.querySelector(".more") && rows.at(-1);
  for (const row of findRows(list))
    if (!ids.has(row.id) && !isNewer(row) && !(end && isAbove(end, row, list.dataset.order)))
      row.remove();
  for (const row of rows) if (!isNewer(row)) insertRow(list, row);
  list.dataset.version = rows.some(isNewer) ? "" : fresh.dataset.version;
  showCurrent();
}

// A row may have moved up while the page that has it further down was loading.
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
export const listQuery = () => findList().dataset.query;
