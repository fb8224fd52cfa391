// <message-form data-draft><form hx-post>: sends with Enter, keeps the text until the server has
// it, and shows why it could not be sent. Sending the same text again sends the same message,
// because client_id stays. A reply says what the agent has seen; if others did something since, the
// server answers with it, and the agent decides.
import { findErrorMessage, parseHtml } from "../lib/html.js";
import { isSendKey } from "../lib/message-input.js";
import { showDraftNote } from "./draft-note.js";
import { Draft } from "./draft.js";
import { knownSeq } from "./known-seq.js";
import { mergeEntry } from "./merge-entries.js";

const EVENTS = [
  "htmx:before:request",
  "htmx:after:request",
  "htmx:finally:request",
  "htmx:error",
  "entry-merged",
];

customElements.define(
  "message-form",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.field = this.form.elements.body;
      this.error = this.form.querySelector(".send-error");
      this.news = this.form.querySelector(".news");
      this.draft = new Draft(this.dataset.draft, { ...this.dataset, body: this.field.value });
      this.draft.onKept = () => this.showDraft();
      this.draft.onRefused = (reason) => showDraftNote(this, reason);
      this.field.value = this.draft.body;
      this.field.setSelectionRange(this.draft.body.length, this.draft.body.length);
      this.showDraft();
      if (this.draft.body) this.closest("tab-set").reveal(this);
      this.addEventListener("submit", () => this.reportKnownSeq(), true);
      this.leaving = new AbortController();
      const save = () => document.hidden && this.draft.push({ isLeaving: true });
      document.addEventListener("visibilitychange", save, { signal: this.leaving.signal });
      this.field.addEventListener("input", () => this.draft.save(this.field.value));
      this.field.addEventListener("keydown", (event) => this.onKey(event));
      // Listen on the document: the response counts even if another conversation is open by then.
      for (const name of EVENTS) document.addEventListener(name, this);
    }

    disconnectedCallback() {
      this.leaving.abort();
      this.draft.push({ isLeaving: true });
      if (!this.form.dataset.state) this.stopListening();
    }

    stopListening() {
      for (const name of EVENTS) document.removeEventListener(name, this);
    }

    /** Show the draft as it is kept now, which may be from another device. */
    showDraft() {
      if (!this.field.value) this.field.value = this.draft.body;
      this.form.elements.client_id.value = this.draft.clientId;
      showDraftNote(this, this.draft.other && "other");
    }

    reportKnownSeq() {
      const { known_seq: field } = this.form.elements;
      const shown = Number(this.news.firstElementChild?.dataset.knownSeq ?? 0);
      if (field) field.value = Math.max(knownSeq(), shown);
    }

    onKey(event) {
      if (event.key === "Escape") return this.field.blur();
      if (!isSendKey(event)) return;
      event.preventDefault();
      // A message with files needs no text (attach-files.js).
      if (this.field.value.trim() || !this.field.required) this.form.requestSubmit();
    }

    handleEvent({ type, target, detail }) {
      if (type === "entry-merged")
        return target.dataset.clientId === this.draft.clientId && this.onStored();
      if (detail.ctx?.sourceElement !== this.form) return;
      if (type === "htmx:before:request") this.onRequest();
      else if (type === "htmx:after:request") this.onResponse(detail.ctx);
      else if (type === "htmx:error") this.onNoResponse();
      else this.onEnd();
    }

    onRequest() {
      this.sentBody = this.field.value;
      this.form.dataset.state = "sending";
      this.error.hidden = true;
    }

    onEnd() {
      this.form.dataset.state = "";
      if (!this.isConnected) this.stopListening();
    }

    onResponse({ response, text }) {
      if (response.status === 412) this.showNews(text);
      else if (response.status === 409) this.onConflict();
      else if (response.status >= 400) this.showError("failed", findErrorMessage(text));
      else this.onAcknowledged(text);
    }

    onAcknowledged(html) {
      const list = document.getElementById(this.form.dataset.into);
      if (list) for (const entry of parseHtml(html)) mergeEntry(list, entry);
      else this.onStored();
    }

    onNoResponse() {
      if (this.field.value.startsWith(this.sentBody)) this.showError("offline");
    }

    // The response or the stream says so, whichever is first. What was typed since stays.
    onStored() {
      this.dispatchEvent(new Event("message-stored"));
      const { value } = this.field;
      const sent = this.sentBody ?? this.draft.savedBody; // the latter by another device
      if (value.startsWith(sent)) this.field.value = value.slice(sent.length);
      this.sentBody = undefined;
      this.error.hidden = true;
      this.showNews("");
      this.beginNext();
    }

    showNews(html) {
      this.news.replaceChildren(...parseHtml(html));
      this.news.hidden = !html;
    }

    // An earlier text with this client_id is stored. Only the agent knows whether to send both.
    onConflict() {
      this.showError("conflict");
      this.beginNext();
    }

    /** Make what is in the field a message of its own. */
    beginNext() {
      this.draft.renewId();
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
      this.form.elements.client_id.value = this.draft.clientId;
    }

    /** Show the server's message, or the form's own for "failed", "offline" or "conflict". */
    showError(reason, message) {
      const [, text, button] = this.error.children;
      text.textContent = message || text.dataset[reason];
      button.textContent = reason === "conflict" ? button.dataset.anyway : button.dataset.again;
      this.error.hidden = false;
    }
  },
);
