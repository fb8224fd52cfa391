// <response-due data-interval="start/due">: the time by which a reply is due, and a countdown near
// the end. Hidden while there is no timer, and when it has run out.
import { formatTime, formatTimeLeft } from "../lib/time-format.js";

const WARN_AFTER = 0.8; // of the interval
const STEP = 5_000; // milliseconds
const texts = document.getElementById("response-timer-texts").dataset;

/** Return when a timer warns and when the response is due, or undefined if the timer is off. */
export function parseInterval(interval = "") {
  const [startedAt, dueAt] = interval.split("/").map(Date.parse);
  return dueAt ? { dueAt, warnAt: startedAt + WARN_AFTER * (dueAt - startedAt) } : undefined;
}

customElements.define(
  "response-due",
  class extends HTMLElement {
    static observedAttributes = ["data-interval"];

    connectedCallback() {
      this.update();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.update();
    }

    update() {
      clearTimeout(this.timer);
      const { dueAt, warnAt } = parseInterval(this.dataset.interval) ?? {};
      const now = Date.now();
      this.hidden = !(dueAt > now);
      if (this.hidden) return;
      const isSoon = now >= warnAt;
      const deadline = texts.by.replace("{time}", formatTime.time(dueAt));
      this.toggleAttribute("data-soon", isSoon);
      this.textContent = isSoon
        ? texts.left.replace("{time}", formatTimeLeft(dueAt - now))
        : deadline;
      this.title = isSoon ? deadline : "";
      this.timer = setTimeout(
        () => this.update(),
        isSoon ? Math.min(STEP, dueAt - now) : warnAt - now,
      );
    }
  },
);
