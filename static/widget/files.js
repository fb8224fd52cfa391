// Pictures and downloads in the visitor's conversation. Loaded with the first file. A file is
// requested with the visitor's token, never by its address alone, so it is shown from memory.
import { page, request, waitForToken } from "./connections.js";

const { key } = document.body.dataset;
const addresses = new Map(); // of blobs, by the path that they were loaded from
let templates;
let dialog;

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

/** Return the server's templates for files, with all texts. */
export function loadTemplates() {
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
