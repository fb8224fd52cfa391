import { lastSeq } from "./merge-entries.js";
import { post } from "../lib/requests.js";

// <read-marker data-url>: up to where this person has read the conversation around it. Only the end
// of a visible page counts, with a sign of life in the last minute: one left open reads nothing.
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "focus", "visibilitychange"];

customElements.define(
  "read-marker",
  class extends HTMLElement {
    told = 0;

    connectedCallback() {
      const { signal } = (this.listening = new AbortController());
      for (const sign of SIGNS) addEventListener(sign, () => this.alive(), { signal });
      for (const change of ["entry-placed", "scroll"]) addEventListener(change, () => this.soon(), { signal, capture: true });
      this.alive();
    }

    disconnectedCallback() {
      this.listening.abort();
      this.timer = clearTimeout(this.timer);
    }

    alive() {
      this.aliveAt = Date.now();
      this.soon();
    }

    soon() {
      this.timer ??= setTimeout(() => this.tell(), 1_000);
    }

    tell() {
      this.timer = undefined;
      const view = this.parentElement.querySelector("timeline-view");
      const seq = lastSeq(view.list);
      const isSeen = !document.hidden && view.checkVisibility() && view.isAtEnd && Date.now() - this.aliveAt < 60_000;
      if (!isSeen || seq <= this.told) return;
      this.told = seq;
      post(this.dataset.url, { seq }).catch(() => (this.told = 0));
    }
  },
);
