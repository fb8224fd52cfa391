// Mark the rows of conversations in which the member has a draft. A row is rendered once for
// all members, so that is a style sheet of this page.
const numbers = new Set();
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

/** Mark the conversation of a live "draft", or no longer. */
export function markDraft({ number, exists }) {
  if (exists) numbers.add(String(number));
  else numbers.delete(String(number));
  show();
}

function readList() {
  const list = document.getElementById("conversation-list");
  if (!list) return;
  numbers.clear();
  for (const number of list.dataset.drafts.split(" ")) if (number) numbers.add(number);
  show(list.dataset.draft);
}

let label = "";

function show(text = label) {
  label = text;
  const rows = [...numbers].map((number) => `#row-${Number(number)} .preview`);
  const rule = `${rows.join()} { &::before { content: ${JSON.stringify(`${label} ·`)}; } }`;
  sheet.replaceSync(rows.length ? rule : "");
}

document.addEventListener("htmx:finally:swap", ({ target }) => {
  if (target.querySelector?.("#conversation-list")) readList();
});
readList();
