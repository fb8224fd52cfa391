// The files of a message that is being written: each is uploaded at once, and the message names
// the uploaded ones. They survive a change of the conversation, and a reload once they are uploaded.
import { csrfToken, post } from "../lib/requests.js";

const MAX_FILES = 10;
const template = document.getElementById("attached-file");
const { files: filesUrl, maxBytes, tooLarge, tooMany, failed, waiting, refused } = template.dataset;
const UNITS = ["bytes", "KB", "MB"];
const known = new Map(); // Attachments by the key of their message

/** Return the attachments of the message that the element belongs to. */
export function findAttachments(element) {
  const { key, url } = element.dataset;
  if (!known.has(key)) known.set(key, new Attachments(key, url));
  const attachments = known.get(key);
  attachments.showIn(element);
  return attachments;
}

class Attachments {
  constructor(key, url) {
    this.url = url;
    this.key = `files:${document.body.dataset.me}:${key}`;
    const stored = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.items = stored.map((file) => this.buildItem(file));
    this.view = document.createElement("div");
    this.view.className = "attached";
    this.list = document.createElement("ul");
    this.list.append(...this.items.map((item) => item.entry));
    this.notice = Object.assign(document.createElement("p"), { role: "status" });
    this.view.append(this.list, this.notice);
  }

  /** Show them in the form of this element. After a change of the conversation it is a new one. */
  showIn(element) {
    const form = element.closest("form");
    if (form === this.form) return;
    this.form = form;
    this.messageForm = form.closest("message-form");
    form.querySelector("footer").before(this.view);
    // Before htmx, which listens to the form itself.
    this.messageForm.addEventListener("submit", (event) => this.onSubmit(event), true);
    this.messageForm.addEventListener("message-stored", () => this.onStored());
    this.show();
  }

  add(files) {
    for (const file of files) {
      const item = this.buildItem({ name: file.name, size: file.size, file });
      this.items.push(item);
      this.list.append(item.entry);
      if (this.items.length > MAX_FILES) this.fail(item, tooMany, true);
      else if (file.size > maxBytes) this.fail(item, tooLarge, true);
      else this.upload(item);
    }
    this.show();
    if (files.length) this.form.elements.body.focus();
  }

  buildItem(about) {
    const entry = template.content.firstElementChild.cloneNode(true);
    const item = { ...about, entry };
    entry.querySelector(".name").textContent = item.name;
    entry.querySelector(".retry").addEventListener("click", () => this.upload(item));
    entry.querySelector(".remove").addEventListener("click", () => this.remove(item));
    this.showItem(item);
    return item;
  }

  showItem({ entry, id, kind, size, error, progress, isFinal }) {
    entry.querySelector("small").textContent = error ? "" : formatSize(size);
    entry.querySelector(".error").textContent = error ?? "";
    entry.querySelector(".retry").hidden = !error || isFinal;
    const bar = entry.querySelector("progress");
    bar.hidden = Boolean(id || error);
    bar.value = progress ?? 0;
    if (!id || entry.querySelector("input")) return;
    const input = Object.assign(document.createElement("input"), { type: "hidden" });
    Object.assign(input, { name: "files", value: id });
    entry.append(input);
    if (kind !== "image") return;
    const preview = Object.assign(new Image(), { alt: "", src: `${filesUrl}${id}/preview/` });
    entry.querySelector(".thumb").replaceChildren(preview);
  }

  upload(item) {
    Object.assign(item, { error: undefined, progress: 0 });
    const request = (item.request = new XMLHttpRequest());
    request.open("POST", `${this.url}?name=${encodeURIComponent(item.file.name)}`);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      item.progress = loaded / total;
      this.showItem(item);
    });
    request.addEventListener("load", () => this.onUploaded(item, request));
    request.addEventListener("error", () => this.fail(item, failed));
    request.send(item.file);
    this.showItem(item);
  }

  onUploaded(item, { status, responseText }) {
    if (status === 401) document.dispatchEvent(new Event("session-ended"));
    const isJson = responseText.startsWith("{");
    const answer = isJson ? JSON.parse(responseText) : {};
    if (status !== 201) return this.fail(item, answer.error ?? failed, status === 400);
    Object.assign(item, answer);
    this.showItem(item);
    this.store();
    this.sendIfWaiting();
  }

  fail(item, error, isFinal = false) {
    Object.assign(item, { error, isFinal });
    this.isWaiting = false;
    this.showItem(item);
    this.show();
  }

  remove(item) {
    item.request?.abort();
    if (item.id) post(`${filesUrl}${item.id}/removal/`, {}).catch(() => {}); // a sweep deletes it
    this.forget([item]);
    this.form.elements.body.focus();
    this.sendIfWaiting();
  }

  forget(items) {
    this.items = this.items.filter((item) => !items.includes(item));
    for (const { entry } of items) entry.remove();
    this.store();
    this.show();
  }

  store() {
    const uploaded = this.items.filter(({ id }) => id);
    const json = JSON.stringify(
      uploaded.map(({ id, name, size, kind }) => ({ id, name, size, kind })),
    );
    if (uploaded.length) sessionStorage.setItem(this.key, json);
    else sessionStorage.removeItem(this.key);
  }

  show() {
    this.form.elements.body.required = !this.items.length;
    this.notice.textContent = this.isWaiting ? waiting : "";
  }

  // The files that are uploaded go with the message. It waits for those that aren't.
  onSubmit(event) {
    const isRefused = this.items.some(({ error }) => error);
    const isUploading = this.items.some(({ id, error }) => !id && !error);
    this.isWaiting = isUploading && !isRefused;
    this.show();
    if (isRefused) this.notice.textContent = refused;
    if (isRefused || isUploading) {
      event.preventDefault();
      event.stopPropagation();
    } else this.sent = [...this.items];
  }

  sendIfWaiting() {
    if (!this.isWaiting || this.items.some(({ id }) => !id)) return;
    this.isWaiting = false;
    if (this.form.isConnected) this.form.requestSubmit();
    this.show();
  }

  onStored() {
    this.forget(this.sent ?? []);
    this.sent = [];
  }
}

/** Format a size as the server does in the timeline: "240 KB". */
export function formatSize(bytes) {
  const power = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), UNITS.length - 1);
  const options = { maximumFractionDigits: power ? 1 : 0 };
  const number = (bytes / 1024 ** power).toLocaleString(document.documentElement.lang, options);
  return `${number}\u00a0${UNITS[power]}`;
}
