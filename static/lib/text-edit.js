// Edit the text of a field as if it were typed, so that Ctrl+Z takes it back.

/** Replace a part of the text. Where the caret ends up: after it, or over select: [from, to] in it. */
export function replaceText(field, start, end, text, select = [text.length, text.length]) {
  field.focus();
  field.setSelectionRange(start, end);
  // The old command is the only way that keeps what can be undone. It also sends "input".
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start + select[0], start + select[1]);
}

/** Insert a text at the caret, instead of what is selected. */
export const insertText = (field, text) =>
  replaceText(field, field.selectionStart, field.selectionEnd, text);
