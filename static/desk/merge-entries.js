// Merge entries into a timeline. They arrive in any order and more than once.
import { keepKnown, markReplies } from "./reply-marks.js";

/** Replace the entry with the same id, or insert this one by its number. */
export function mergeEntry(list, entry) {
  if (entry.matches(".receipt")) return mergeReceipt(entry);
  const known = document.getElementById(entry.id);
  if (known && revisionOf(known) > revisionOf(entry)) return;
  const gap = findGap(list);
  if (!known && Number(entry.dataset.seq) <= gap?.dataset.last) return; // it is loaded together with those before it
  const previous = findEntries(list).findLast(
    (each) => Number(each.dataset.seq) < Number(entry.dataset.seq),
  );
  if (known) known.replaceWith(entry);
  else if (previous) (gap && gap === previous.nextElementSibling ? gap : previous).after(entry);
  else list.prepend(entry);
  clearOldReceipt(list, entry.dataset);
  htmx.process(entry);
  entry.dispatchEvent(new Event("entry-merged", { bubbles: true }));
}

export const revisionOf = ({ dataset }) => Number(dataset.revision ?? 0);

/** Replace the receipt of the last reply, unless the one that is shown is newer. */
export function mergeReceipt(receipt) {
  const known = document.getElementById(receipt.id);
  if (!known) return;
  keepKnown(receipt.dataset, known.dataset);
  known.dataset.seenSeq = receipt.dataset.seenSeq;
  if (isNewReceipt(receipt.dataset, known.dataset) && !known.isEqualNode(receipt))
    known.replaceWith(receipt);
  markReplies(document.getElementById(receipt.id.replace("receipt", "timeline")));
}

/** Return whether a receipt is newer than the known one. Once seen, a reply stays seen. */
export function isNewReceipt(receipt, known) {
  const [seq, knownSeq] = [receipt, known].map(({ replySeq }) => Number(replySeq));
  return !(knownSeq > seq || (knownSeq === seq && known.state === "seen"));
}

// A later message makes the receipt of an earlier reply meaningless.
function clearOldReceipt(list, { kind, seq }) {
  const receipt = document.getElementById(list.id.replace("timeline", "receipt"));
  if (!["reply", "contact"].includes(kind) || !(Number(seq) > Number(receipt?.dataset.replySeq)))
    return;
  receipt.replaceChildren();
  Object.assign(receipt.dataset, { replySeq: seq, state: "" });
}

// A page that was opened at an entry far back has a gap: it leaves out the entries after that one, up
// to number data-last. Live updates are shown behind the gap.
const findGap = (list) => list.querySelector(":scope > .later");

/**
 * Return the number of the last entry before any other gap. There is one if the response to the
 * member's own reply came while the stream was interrupted.
 */
export function lastSeq(list) {
  const seqs = findEntries(list).map((entry) => Number(entry.dataset.seq));
  const gap = findGap(list);
  const last = Number(gap?.dataset.last);
  return findLastWithoutGap(gap ? [last, ...seqs.filter((seq) => seq > last)] : seqs);
}

export const findLastWithoutGap = (seqs) => seqs.find((seq, i) => seqs[i + 1] !== seq + 1) ?? 0;

const findEntries = (list) => [...list.querySelectorAll(":scope > .entry")];
