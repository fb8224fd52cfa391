// Mark each reply as sent, emailed or seen by the contact, from what the receipt below the timeline
// says of all of them.

/** Return the state of the reply with this number. */
export function stateOfReply(seq, { seenSeq, emailedSeq }) {
  if (seq <= Number(seenSeq)) return "seen";
  return seq <= Number(emailedSeq) ? "emailed" : "sent";
}

/**
 * Keep in a new receipt what is known better from the old one. Once seen, a reply stays seen; an
 * address that changed or an email that came back removes the mark of an email.
 */
export function keepKnown(receipt, known) {
  receipt.seenSeq = Math.max(receipt.seenSeq, known.seenSeq);
  if (receipt.emailedSeq === "") receipt.emailedSeq = known.emailedSeq;
}

export function markReplies(list) {
  const receipt = document.getElementById(list.id.replace("timeline", "receipt"));
  const marks = document.getElementById("reply-marks")?.content.children;
  if (!receipt || !marks) return;
  for (const reply of list.querySelectorAll(':scope > .entry[data-kind="reply"]')) {
    const state = stateOfReply(Number(reply.dataset.seq), receipt.dataset);
    const known = reply.querySelector(".stamp > .mark");
    if (known?.dataset.state === state || reply.dataset.deleted !== undefined) continue;
    const mark = [...marks].find(({ dataset }) => dataset.state === state).cloneNode(true);
    reply.dataset.receipt = state;
    if (known) known.replaceWith(mark);
    else reply.querySelector(".stamp").append(mark);
  }
}
