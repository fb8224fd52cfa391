// Files in the chat: what the visitor attaches, and pictures and downloads of the conversation.
// Loaded with the first file. A file is requested with the visitor's token, never by its address
// alone, so it is shown from memory.
import { page, request, waitForToken } from "./connections.js";

const { key } = document.body.dataset;
const attached = []; // { file, entry, id, name }; no id before it is uploaded
const addresses = new Map(); // of blobs, by the path that they were loaded from
let form;
let templates;
let list;
let notice;
let dialog;
let isWaiting = false; // the message is sent as soon as its files are uploaded

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .file {
    display: block;
    max-width: 82%;
    margin-top: 4px;
    padding: 9px 13px;
    border: 1px solid var(--line);
    border-radius: 12px;
    color: inherit;
    font-weight: 600;
    text-align: start;
  }
  .file small {
    display: block;
    font-size: 0.75rem;
    font-weight: 400;
    color: var(--ink-2);
  }
  .file:has(img) {
    padding: 0;
    border: 0;
    overflow: hidden;
    background: var(--soft);
    font-size: 0.75rem;
  }
  .file img {
    display: block;
    max-width: 100%;
    height: auto;
    object-fit: cover;
  }
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
  .viewer {
    margin: auto;
    max-width: 100%;
    max-height: 100%;
    padding: 12px;
    border: 0;
    background: none;
    color: #fff;
  }
  .viewer::backdrop {
    background: #161616;
  }
  .viewer img {
    display: block;
    max-width: 100%;
    max-height: calc(100vh - 80px);
    margin: auto;
  }
  .viewer p {
    display: flex;
    justify-content: center;
    gap: 16px;
    padding-top: 8px;
  }
  .viewer :is(a, button) {
    padding: 8px;
    color: #fff;
    font-weight: 600;
    text-decoration: underline;
  }
`);
document.adoptedStyleSheets.push(sheet);

/** Return what the server says about files: the markup with all texts. */
function loadTemplates() {
  templates ??= request("files/").then(
    ({ html }) => {
      const holder = document.createElement("div");
      holder.innerHTML = html;
      return holder;
    },
    (error) => {
      templates = undefined;
      throw error;
    },
  );
  return templates;
}

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

async function load(path) {
  if (addresses.has(path)) return addresses.get(path);
  await waitForToken();
  const response = await fetch(`/widget/${key}/files/${path}`, {
    headers: { Authorization: `Visitor ${page.token}` },
    credentials: "omit",
  });
  if (!response.ok) throw new Error(path);
  const address = URL.createObjectURL(await response.blob());
  addresses.set(path, address);
  return address;
}

/** Show an entry's pictures, and let its files be opened. */
export function showFiles(entry) {
  for (const button of entry.querySelectorAll(".file")) {
    const { file, size } = button.dataset;
    const picture = button.querySelector("img");
    if (!picture) {
      button.onclick = () => download(file, button.firstChild.textContent);
      continue;
    }
    [picture.width, picture.height] = size.split(" ");
    button.onclick = () => openPicture(file, picture.alt);
    load(`${file}/preview/`).then(
      (address) => (picture.src = address),
      () => {},
    );
  }
}

async function download(file, name) {
  const link = document.createElement("a");
  link.href = await load(`${file}/`);
  link.download = name;
  link.click();
}

async function openPicture(file, name) {
  if (!dialog) {
    const { content } = (await loadTemplates()).querySelector("#large-picture");
    dialog = content.firstElementChild;
    document.body.append(dialog);
    dialog.querySelector("button").onclick = () => dialog.close();
    dialog.onkeydown = (event) => event.stopPropagation(); // Escape closes the chat otherwise
  }
  const [picture, link] = dialog.querySelectorAll("img, a");
  picture.src = link.href = await load(`${file}/`);
  picture.alt = link.download = name;
  dialog.showModal();
}
