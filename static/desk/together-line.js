// <together-line data-number><p data-viewing-url data-typing-url>: says who else is in the
// conversation: who is typing, who has started a reply, and who has it open. It also reports these of
// this page's member, who isn't shown to themselves.
import { post } from "../lib/requests.js";

const REPORT_INTERVAL = 20_000; // milliseconds
const STAY = 2_000; // milliseconds after which a look becomes viewing
const TYPING_INTERVAL = 3_000; // milliseconds between two notices
const TYPING_SHOWN = 6_000; // milliseconds after the last notice
const STATES = ["contact", "reply", "note", "drafting", "viewing"]; // the first that holds is shown

/** Apply a live "typing", "viewing" or "drafting". */
export function showTogether(name, data) {
  const line = document.querySelector("together-line");
  if (line?.dataset.number === String(data.number)) line[name](data);
}

customElements.define(
  "together-line",
  class extends HTMLElement {
    people = new Map(); // by member, "" for the contact: { name, until by state }
    typedAt = {}; // by kind

    connectedCallback() {
      this.line = this.firstElementChild;
      const { signal } = (this.listening = new AbortController());
      const listen = (type, react) => document.addEventListener(type, react, { signal });
      listen("visibilitychange", () => this.report());
      listen("input", (event) => this.onInput(event));
      listen("entry-merged", ({ target }) => this.onEntry(target.dataset));
      addEventListener("pagehide", () => this.leave(), { signal });
      this.interval = setInterval(() => !document.hidden && this.report(), REPORT_INTERVAL);
      this.stay = setTimeout(() => this.report(), STAY);
    }

    disconnectedCallback() {
      this.listening.abort();
      clearInterval(this.interval);
      clearTimeout(this.stay);
      clearTimeout(this.timer);
      this.leave();
    }

    async report() {
      if (document.hidden) return this.leave();
      this.isViewing = true;
      const marker = document.querySelector("read-marker");
      const seq = marker?.takeSeq();
      const response = await post(this.line.dataset.viewingUrl, seq ? { seq } : {}).catch(() =>
        marker?.forget(),
      );
      if (!response || !this.isConnected) return;
      const { viewers, drafting } = await response.json();
      for (const viewer of viewers) this.viewing({ ...viewer, seconds: viewer.left });
      this.drafting({ members: drafting });
    }

    leave() {
      if (!this.isViewing) return;
      this.isViewing = false;
      post(this.line.dataset.viewingUrl, { leaves: "1" }, { keepalive: true }).catch(() => {});
    }

    onInput({ target, isTrusted }) {
      const { kind } = target.closest("message-form")?.dataset ?? {};
      const now = Date.now();
      if (!kind || !isTrusted || !target.value.trim() || now - this.typedAt[kind] < TYPING_INTERVAL)
        return;
      this.typedAt[kind] = now;
      post(this.line.dataset.typingUrl, { kind }).catch(() => {});
    }

    // Someone who has just written is no longer typing.
    onEntry({ kind, author }) {
      const person = this.people.get(kind === "contact" ? "" : author);
      for (const state of ["contact", "reply", "note"]) delete person?.[state];
      this.show();
    }

    typing({ member, name, kind }) {
      this.set(member, name, kind, TYPING_SHOWN);
    }

    viewing({ member, name, seconds }) {
      this.set(member, name, "viewing", seconds * 1_000);
    }

    drafting({ members }) {
      for (const person of this.people.values()) delete person.drafting;
      for (const { member, name } of members) this.set(member, name, "drafting", Infinity);
      this.show();
    }

    set(member, name, state, milliseconds) {
      if (member === document.body.dataset.me) return;
      const person = this.people.get(member) ?? {};
      this.people.set(member, { ...person, name, [state]: Date.now() + milliseconds });
      this.show();
    }

    show() {
      clearTimeout(this.timer);
      const now = Date.now();
      const ends = [];
      const sentences = STATES.map(() => []);
      for (const person of this.people.values()) {
        const shown = STATES.findIndex((state) => person[state] > now);
        if (shown < 0) continue;
        ends.push(person[STATES[shown]]);
        sentences[shown].push(this.line.dataset[STATES[shown]].replace("{name}", person.name));
      }
      this.line.textContent = sentences.flat().join(" · ");
      this.line.hidden = !ends.length;
      const next = Math.min(...ends);
      if (next < Infinity) this.timer = setTimeout(() => this.show(), next - now + 10);
    }
  },
);
