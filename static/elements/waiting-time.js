// <waiting-time data-since="…">: how long it has been since then, kept up to date.
import { formatDuration } from "../lib/time-format.js";

const INTERVAL = 20_000; // milliseconds

customElements.define(
  "waiting-time",
  class extends HTMLElement {
    connectedCallback() {
      this.update();
      this.timer = setInterval(() => this.update(), INTERVAL);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    update() {
      this.textContent = formatDuration((Date.now() - new Date(this.dataset.since)) / 1000);
    }
  },
);
