// The files that the visitor attaches to the next message. Loaded with the first one.
import { page, waitForToken } from "./connections.js";
import { loadTemplates } from "./files.js";

const { key } = document.body.dataset;
const attached = []; // { file, entry, id, name }; no id before it is uploaded
let form;
let list;
let notice;
let isWaiting = false; // the message is sent as soon as its files are uploaded

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .attached {
    display: grid;
    gap: 4px;
    max-height: 30vh;
    overflow: auto;
    margin-bottom: 6px;
    padding: 2px;
    font-size: 0.8125rem;
  }
  .attached ul {
    display: grid;
    gap: 4px;
    padding: 0;
    list-style: none;
  }
  .attached:not(:has(li)) {
    display: none;
  }
  .attached li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    align-items: center;
    gap: 0 8px;
    padding: 2px 2px 2px 10px;
    border-radius: 10px;
    background: var(--soft);
  }
  .attached b {
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .attached b,
  .attached :is(progress, span) {
    grid-area: 1 / 1;
  }
  .attached :is(progress, span) {
    grid-row: 2;
  }
  .attached progress {
    width: 100%;
    height: 3px;
    accent-color: var(--accent);
  }
  .attached span {
    color: var(--bad);
  }
  .attached button {
    grid-area: 1 / 2;
    padding: 4px 8px;
  }
  .attached button.retry {
    color: var(--bad);
    font-weight: 600;
  }
  .attached button.remove {
    grid-column: 3;
    font-size: 1.125rem;
    line-height: 1;
    min-width: 32px;
    min-height: 32px;
  }
  .attached p {
    color: var(--ink-2);
  }
  .has-files .send {
    background: var(--accent) !important;
    color: var(--accent-ink) !important;
  }
`);
document.adoptedStyleSheets.push(sheet);

async function loadTexts() {
  return (await loadTemplates()).querySelector("#attached-file").dataset;
}

/** Upload these files for the next message. */
export async function attach(files, composer) {
  form = composer;
  const template = (await loadTemplates()).querySelector("#attached-file");
  const { maxBytes, maxFiles, tooLarge, tooMany } = template.dataset;
  if (!list) {
    list = document.createElement("ul");
    notice = Object.assign(document.createElement("p"), { role: "status" });
    const view = document.createElement("div");
    view.className = "attached";
    view.append(list, notice);
    form.before(view);
  }
  for (const file of files) {
    const entry = template.content.firstElementChild.cloneNode(true);
    const item = { file, entry, name: file.name };
    entry.querySelector("b").textContent = file.name;
    entry.querySelector(".retry").onclick = () => upload(item);
    entry.querySelector(".remove").onclick = () => remove(item);
    attached.push(item);
    list.append(entry);
    if (attached.length > maxFiles) refuse(item, tooMany);
    else if (file.size > maxBytes) refuse(item, tooLarge);
    else upload(item);
  }
  showAttached();
  focusComposer();
}

// Not from composer.js: modules that import each other can't be served under hashed names.
function focusComposer() {
  form.elements.body.focus({ preventScroll: true });
}

function showAttached() {
  form.classList.toggle("has-files", attached.length > 0);
}

async function upload(item) {
  item.error = "";
  show(item, 0);
  await waitForToken();
  const sending = (item.sending = new XMLHttpRequest());
  sending.open("POST", `/widget/${key}/files/?name=${encodeURIComponent(item.file.name)}`);
  sending.setRequestHeader("Authorization", `Visitor ${page.token}`);
  sending.setRequestHeader("Content-Type", "application/octet-stream");
  sending.setRequestHeader("Accept-Language", document.documentElement.lang);
  sending.responseType = "json";
  sending.upload.onprogress = ({ loaded, total }) => show(item, loaded / total);
  sending.onload = () => {
    if (sending.status !== 201) return fail(item, sending.response?.error, sending.status < 429);
    Object.assign(item, { id: sending.response.id, name: sending.response.name });
    show(item);
    sendIfWaiting();
  };
  sending.onerror = () => fail(item);
  sending.send(item.file);
}

async function fail(item, error, isFinal) {
  const { failed } = await loadTexts();
  refuse(item, error || failed, isFinal);
}

function refuse(item, error, isFinal = true) {
  item.error = error;
  isWaiting = false;
  notice.textContent = "";
  show(item);
  item.entry.querySelector(".retry").hidden = isFinal;
}

function show({ entry, error }, progress) {
  const bar = entry.querySelector("progress");
  bar.hidden = progress === undefined;
  bar.value = progress ?? 1;
  entry.querySelector("span").textContent = error ?? "";
  entry.querySelector(".retry").hidden = true;
}

function remove(item) {
  item.sending?.abort();
  item.entry.remove();
  attached.splice(attached.indexOf(item), 1);
  showAttached();
  focusComposer();
  sendIfWaiting();
}

function sendIfWaiting() {
  if (!isWaiting || attached.some(({ id }) => !id)) return;
  isWaiting = false;
  form.requestSubmit();
}

/** Return the uploaded files for a message and forget them; nothing while one isn't uploaded. */
export function takeFiles() {
  if (!list) return []; // what the server says about files couldn't be loaded
  if (attached.some(({ error }) => error)) return null;
  if (attached.some(({ id }) => !id)) {
    isWaiting = true;
    loadTexts().then(({ waiting }) => (notice.textContent = isWaiting ? waiting : ""));
    return null;
  }
  const files = attached.splice(0).map(({ id, name }) => ({ id, name }));
  list.replaceChildren();
  notice.textContent = "";
  showAttached();
  return files;
}
