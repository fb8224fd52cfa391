// Members edit what they wrote a moment ago: with the pencil beside it, or with the arrow key up in
// an empty field. An entry is rendered once for all members, so the pencil is added here.
const REVISABLE = 15 * 60_000; // milliseconds (REVISABLE_FOR in inbox/models/message.py)
const CHECK = 30_000; // milliseconds

const isOwn = ({ dataset: { author, kind, deleted } }) =>
  author === document.body.dataset.me && ["reply", "note"].includes(kind) && deleted === undefined;
const isRecent = ({ dataset: { at } }) => Date.now() - new Date(at) < REVISABLE;
const findEntries = () => [...document.querySelectorAll("timeline-view .entry")].filter(isOwn);

function showPencils() {
  const template = document.getElementById("edit-entry");
  if (template) for (const entry of findEntries()) showPencil(entry, template);
}

function showPencil(entry, template) {
  const pencil = entry.querySelector(".edit-entry");
  if (!isRecent(entry)) return pencil?.remove();
  if (pencil) return;
  const button = template.content.firstElementChild.cloneNode(true);
  button.addEventListener("click", () => edit(entry));
  entry.querySelector(".bubble").append(button);
}

const edit = (entry) => import("./edit-entry.js").then(({ editEntry }) => editEntry(entry));

document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (key !== "ArrowUp" || ctrlKey || metaKey || altKey || shiftKey) return;
  const { kind } = target.closest?.("message-form")?.dataset ?? {};
  if (!kind || target.value !== "") return;
  const last = findEntries().findLast((entry) => entry.dataset.kind === kind);
  if (!last || !isRecent(last)) return;
  event.preventDefault();
  edit(last);
});

for (const type of ["entry-merged", "htmx:finally:swap"])
  document.addEventListener(type, showPencils);
setInterval(showPencils, CHECK);
showPencils();
