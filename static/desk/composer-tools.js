// The tools beside the composer. What each of them does is loaded when it is first used.
import { findUnfilled } from "../lib/reply-variables.js";
import { showFailure } from "../lib/toast.js";

const TOOLS = {
  canned: () => import("./canned-replies.js"),
  emoji: () => import("./emoji-picker.js"),
  format: () => import("./formatting.js"),
};
const FORMATS = { b: "bold", i: "italic", k: "link" };
const OPEN = "messagehub-formatting"; // set while the formatting buttons are shown
const isMac = /Mac|iP/.test(navigator.platform);
const inComposer = (target) => target.matches?.("message-form textarea");

const loaded = {};

async function load(tool) {
  return (loaded[tool] = await TOOLS[tool]().catch(() => showFailure("offline")));
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("message-form [data-tool]");
  if (!button) return;
  if (button.dataset.tool === "formatting") return toggleFormatting();
  const { tool } = button.dataset;
  (loaded[tool] ?? (await load(tool)))?.use(button);
});

function toggleFormatting() {
  if (localStorage.getItem(OPEN)) localStorage.removeItem(OPEN);
  else localStorage.setItem(OPEN, "yes");
  showFormatting();
}

// The page keeps its body while conversations change, so every composer shows the same.
function showFormatting() {
  const isOpen = Boolean(localStorage.getItem(OPEN));
  document.body.classList.toggle("formatting", isOpen);
  for (const button of document.querySelectorAll('[data-tool="formatting"]'))
    button.ariaExpanded = String(isOpen);
}
showFormatting();
document.addEventListener("htmx:after:swap", showFormatting);

document.addEventListener("input", async ({ target }) => {
  if (!inComposer(target)) return;
  showUnfilled(target);
  // Without awaiting what is loaded: the next key may be Enter.
  (loaded.canned ?? (await load("canned")))?.suggest(target);
});

// Before all others, because Ctrl+K means something else outside of the composer.
document.addEventListener(
  "keydown",
  async (event) => {
    const { target, key, shiftKey, altKey } = event;
    const isCommand = (isMac ? event.metaKey : event.ctrlKey) && !shiftKey && !altKey;
    if (!isCommand || !inComposer(target)) return;
    const kind = FORMATS[key.toLowerCase()];
    const isEmoji = key.toLowerCase() === "e";
    if (!kind && !isEmoji) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isEmoji) return target.form.querySelector('[data-tool="emoji"]').click();
    (loaded.format ?? (await load("format")))?.format(target, kind);
  },
  { capture: true },
);

const findOpen = ({ value, dataset: { variables = "" } }) =>
  findUnfilled(value).filter(([, name]) => variables.split(" ").includes(name));

function showUnfilled(field) {
  const notice = field.form.querySelector(".unfilled");
  const found = field.dataset.variables && findOpen(field);
  if (!found?.length) return (notice.hidden = true);
  const variables = [...new Set(found.map(([, name]) => `{{${name}}}`))].join(", ");
  notice.lastElementChild.textContent = notice.dataset.text.replace("{variables}", variables);
  notice.hidden = false;
}

// Before htmx sends the form. The server refuses it, too.
document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.elements.body;
    const [first] = field && inComposer(field) ? findOpen(field) : [];
    if (!first) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    showUnfilled(field);
    field.focus();
    field.setSelectionRange(first.index, first.index + first[0].length);
  },
  { capture: true },
);
