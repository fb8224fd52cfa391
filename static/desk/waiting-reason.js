// <waiting-reason data-url>: why no agent has the conversation. Reloaded while it is visible.
import { requestText } from "../lib/requests.js";

const INTERVAL = 30_000; // milliseconds
const PAUSE = 3_000; // milliseconds, in which several live updates become one request

customElements.define(
  "waiting-reason",
  class extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => this.reload(), INTERVAL);
      document.addEventListener("live-update", this);
      this.reload();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      clearTimeout(this.pause);
      document.removeEventListener("live-update", this);
    }

    // Any live update may change the reason. Spread, so that not all desks ask at once.
    handleEvent() {
      this.pause ??= setTimeout(() => this.reload(), PAUSE * (0.3 + Math.random()));
    }

    async reload() {
      clearTimeout(this.pause);
      this.pause = undefined;
      if (!this.checkVisibility()) return;
      const html = await requestText(this.dataset.url).catch(() => this.html);
      if (!html || html === this.html) return;
      const wasOpen = this.querySelector("details")?.open;
      this.innerHTML = this.html = html;
      htmx.process(this);
      if (wasOpen && this.querySelector("details")) this.querySelector("details").open = true;
    }
  },
);
