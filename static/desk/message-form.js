import { isSendKey } from "../lib/message-input.js";
import { Draft } from "./draft.js";
import { parse, placeEntry } from "./merge-entries.js";
import { Trouble } from "../elements/trouble.js";
import { wordsOf } from "../lib/html.js";

// <message-form data-draft><form hx-post>: sends with Enter, keeps the text until it is acknowledged,
// and says what happened if it was not. The same text sent again is the same message (client_id).
const HEARD = ["htmx:before:request", "htmx:after:request", "htmx:finally:request", "htmx:error", "entry-placed"];

customElements.define(
  "message-form",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.field = this.form.elements.body;
      this.draft = new Draft(this.dataset.draft);
      this.trouble = new Trouble(this.form.querySelector(".trouble"));
      this.field.value = this.draft.body;
      this.form.elements.client_id.value = this.draft.clientId;
      if (this.draft.body) this.closest("tab-set").show(this);
      this.field.addEventListener("input", () => this.draft.write(this.field.value));
      this.field.addEventListener("keydown", (event) => this.key(event));
      // On the document: the answer counts even if another conversation is open by then.
      for (const name of HEARD) document.addEventListener(name, this);
    }

    disconnectedCallback() {
      if (!this.form.dataset.state) this.forget();
    }

    forget() {
      for (const name of HEARD) document.removeEventListener(name, this);
    }

    key(event) {
      if (event.key === "Escape") return this.field.blur();
      if (!isSendKey(event)) return;
      event.preventDefault();
      if (this.field.value.trim()) this.form.requestSubmit();
    }

    handleEvent({ type, target, detail }) {
      if (type === "entry-placed") return target.dataset.clientId === this.draft.clientId && this.taken();
      if (detail.ctx?.sourceElement !== this.form) return;
      if (type === "htmx:before:request") this.begin();
      else if (type === "htmx:after:request") this.answered(detail.ctx);
      else if (type === "htmx:error") this.unanswered();
      else this.end();
    }

    begin() {
      this.sent = this.field.value;
      this.form.dataset.state = "sending";
      this.trouble.clear();
    }

    end() {
      this.form.dataset.state = "";
      if (!this.isConnected) this.forget();
    }

    answered({ response, text }) {
      if (response.status === 409) this.conflict();
      else if (response.status >= 400) this.trouble.show("failed", wordsOf(text));
      else this.acknowledged(text);
    }

    acknowledged(html) {
      const list = document.getElementById(this.form.dataset.into);
      if (list) for (const entry of parse(html)) placeEntry(list, entry);
      else this.taken();
    }

    unanswered() {
      if (this.field.value.startsWith(this.sent)) this.trouble.show("offline");
    }

    /** It is stored: the answer says so, or the stream, whichever comes first. What was typed since stays. */
    taken() {
      const { value } = this.field;
      if (value.startsWith(this.sent)) this.field.value = value.slice(this.sent.length);
      this.trouble.clear();
      this.another();
    }

    /** What stands in the field now is a message of its own. */
    another() {
      this.draft.renew();
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
      this.form.elements.client_id.value = this.draft.clientId;
    }

    /** The stored message says something else: only the person can know whether both are meant. */
    conflict() {
      this.trouble.show("conflict");
      this.another();
    }
  },
);
