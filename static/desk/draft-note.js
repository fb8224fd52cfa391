// The line below a text that is being written: what the member wrote on another device, or why the
// text stays in this browser only.

/** Show the note for "other", "full" or "lost", or hide it. */
export function showDraftNote(messageForm, reason) {
  const { form, field, draft } = messageForm;
  const note = form.querySelector(".draft-note");
  const [text, quote, ...buttons] = note.children;
  note.hidden = !reason;
  if (!reason) return;
  const isOther = reason === "other";
  text.textContent = `${note.dataset[reason]} `;
  quote.textContent = isOther ? draft.other : "";
  for (const button of buttons) {
    button.hidden = !isOther;
    button.onclick = () => {
      if (button.name === "add") addText(field, draft.other);
      draft.push({ dropsOther: true });
    };
  }
}

function addText(field, text) {
  field.value = [field.value, text].filter(Boolean).join("\n\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
