// HTML arrives in any order and more than once: its id and its number decide where it goes.

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/** An entry of a timeline: replaces itself, or stands by its number. */
export function placeEntry(list, entry) {
  if (entry.matches(".receipt")) return placeReceipt(entry);
  const known = document.getElementById(entry.id);
  if (known) known.replaceWith(entry);
  else insertAfter(list, entry, lastBefore(list, Number(entry.dataset.seq)));
  outdateReceipt(list, entry.dataset);
  htmx.process(entry);
  entry.dispatchEvent(new Event("entry-placed", { bubbles: true }));
}

/** What became of the last reply. Seen stays seen, and of an older reply nothing is believed any more. */
export function placeReceipt(fresh) {
  const known = document.getElementById(fresh.id);
  const [was, is] = [known, fresh].map((each) => Number(each?.dataset.upto));
  if (was > is || (was === is && known.dataset.state === "seen") || known?.isEqualNode(fresh)) return;
  known?.replaceWith(fresh);
}

function outdateReceipt(list, { kind, seq }) {
  const receipt = document.getElementById(list.id.replace("timeline", "receipt"));
  if (!["reply", "contact"].includes(kind) || !(Number(seq) > Number(receipt?.dataset.upto))) return;
  receipt.replaceChildren();
  Object.assign(receipt.dataset, { upto: seq, state: "" });
}

/** The last entry before a gap: the answer to one's own reply may come while the stream is cut. */
export function lastSeq(list) {
  const seqs = entries(list).map((entry) => Number(entry.dataset.seq));
  return seqs.find((seq, i) => seqs[i + 1] !== seq + 1) ?? 0;
}

const entries = (list) => [...list.querySelectorAll(":scope > .entry")];
const lastBefore = (list, seq) => entries(list).findLast((each) => Number(each.dataset.seq) < seq);

function insertAfter(list, element, before) {
  if (before) before.after(element);
  else list.prepend(element);
}

/** A row of the list: replaces itself and stands by its last activity; whoever held the focus keeps it. */
export function placeRow(list, row) {
  const known = document.getElementById(row.id);
  const hadFocus = known?.contains(document.activeElement);
  const others = [...list.querySelectorAll(":scope > .row")].filter((each) => each !== known);
  const next = others.find((each) => at(each) < at(row)) ?? list.querySelector(":scope > .more");
  if (known && known.nextElementSibling === next) known.replaceWith(row);
  else {
    known?.remove();
    list.insertBefore(row, next ?? null);
  }
  htmx.process(row);
  if (hadFocus) row.querySelector("a").focus({ preventScroll: true });
}

export const at = (row) => Date.parse(row.dataset.at);
