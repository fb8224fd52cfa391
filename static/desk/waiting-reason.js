import { ask } from "../lib/requests.js";

// <waiting-reason data-url>: why nobody has the conversation, as it is now; asked while it is seen.
const OFTEN = 30_000;
const SOON = 3_000;

customElements.define(
  "waiting-reason",
  class extends HTMLElement {
    connectedCallback() {
      this.clock = setInterval(() => this.ask(), OFTEN);
      document.addEventListener("desk-news", this);
      this.ask();
    }

    disconnectedCallback() {
      clearInterval(this.clock);
      clearTimeout(this.later);
      document.removeEventListener("desk-news", this);
    }

    /** Somebody came, went, or has another chat; several at once are one question. */
    handleEvent() {
      this.later ??= setTimeout(() => this.ask(), SOON * (0.3 + Math.random()));
    }

    async ask() {
      clearTimeout(this.later);
      this.later = undefined;
      if (!this.checkVisibility()) return;
      const html = await ask(this.dataset.url).then((response) => response.text(), () => this.html);
      if (!html || html === this.html) return;
      const wasOpen = this.querySelector("details")?.open;
      this.innerHTML = this.html = html;
      htmx.process(this);
      if (wasOpen && this.querySelector("details")) this.querySelector("details").open = true;
    }
  },
);
