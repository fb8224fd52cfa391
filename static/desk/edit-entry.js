// Edit or delete the member's own entry where it is shown. Loaded when the first one is edited.
import "../elements/auto-grow.js";
import { findErrorMessage, parseHtml } from "../lib/html.js";
import { isSendKey } from "../lib/message-input.js";
import { csrfToken } from "../lib/requests.js";
import { showFailure, showToast } from "../lib/toast.js";
import { mergeEntry } from "./merge-entries.js";

/** Show the form in place of the text. */
export async function editEntry(entry) {
  if (entry.querySelector("form")) return;
  const { entriesUrl } = document.getElementById("conversation").dataset;
  const { ok, text } = await send(`${entriesUrl}${entry.dataset.seq}/`);
  if (!ok) return showProblem(text);
  if (entry.querySelector("form")) return; // the button was pressed twice
  const [form] = parseHtml(text);
  entry.querySelector(".bubble").append(form);
  entry.toggleAttribute("data-editing", true);
  new EntryForm(entry, form).open();
}

class EntryForm {
  constructor(entry, form) {
    Object.assign(this, { entry, form, field: form.elements.body });
    this.key = `edit:${document.body.dataset.me}:${form.action}`;
    // What was typed survives a reload; the page may also show another conversation meanwhile.
    this.field.value = sessionStorage.getItem(this.key) ?? this.field.value;
    this.field.addEventListener("input", () => this.keep());
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("submit", (event) => this.onSubmit(event));
    form.elements.cancel.addEventListener("click", () => this.close());
    form.elements.delete.addEventListener("click", () => this.onDelete());
  }

  open() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.form.scrollIntoView({ block: "nearest" });
  }

  keep() {
    sessionStorage.setItem(this.key, this.field.value);
  }

  onKey(event) {
    if (event.key === "Escape") return this.close();
    if (event.target !== this.field || !isSendKey(event)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  onSubmit(event) {
    event.preventDefault();
    this.save(this.form.action);
  }

  // The first click asks, the second one deletes.
  onDelete() {
    const { delete: button } = this.form.elements;
    if (button.dataset.isAsked) return this.save(this.form.dataset.deletion);
    button.dataset.isAsked = "true";
    button.textContent = button.dataset.confirm;
  }

  async save(url) {
    const { ok, text } = await send(url, new FormData(this.form));
    if (!ok) return this.showError(findErrorMessage(text));
    sessionStorage.removeItem(this.key);
    const list = this.entry.parentElement;
    this.close();
    for (const entry of parseHtml(text)) if (list) mergeEntry(list, entry);
  }

  showError(message) {
    const error = this.form.querySelector(".error");
    error.textContent = message || error.dataset.failed;
    error.hidden = false;
  }

  close() {
    sessionStorage.removeItem(this.key);
    this.form.remove();
    this.entry.toggleAttribute("data-editing", false);
    const kind = this.entry.dataset.kind;
    document.getElementById(`${kind}-body`)?.focus({ preventScroll: true });
  }
}

/** Return { ok, text }, also without a response. */
async function send(url, body) {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  try {
    const response = await fetch(url, { method: body ? "POST" : "GET", headers, body });
    return { ok: response.ok, text: await response.text() };
  } catch {
    return { ok: false, text: "" };
  }
}

function showProblem(text) {
  const message = findErrorMessage(text);
  if (message) showToast(message);
  else showFailure("failed");
}
