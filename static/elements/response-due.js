import { locale } from "../lib/time-format.js";

// <response-due data-interval="from/by">: until when an answer is due; after four fifths of the time it warns.
// Empty, or over: nothing is shown.
const WARNS_AFTER = 0.8;
const words = document.getElementById("response-timer-texts").dataset;
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const unit = (name, unitDisplay) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay });

/** The moments of a timer, or nothing when it is off. */
export function moments(interval = "") {
  const [from, by] = interval.split("/").map(Date.parse);
  return by ? { by, warns: from + WARNS_AFTER * (by - from) } : undefined;
}

export function timeLeft(milliseconds, display = "short") {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds > 90) return unit("minute", display).format(Math.round(seconds / 60));
  return seconds > 55 ? unit("minute", display).format(1) : unit("second", display).format(Math.ceil(seconds / 5) * 5);
}

customElements.define(
  "response-due",
  class extends HTMLElement {
    static observedAttributes = ["data-interval"];

    connectedCallback() {
      this.show();
    }

    disconnectedCallback() {
      clearTimeout(this.later);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.show();
    }

    show() {
      clearTimeout(this.later);
      const { by, warns } = moments(this.dataset.interval) ?? {};
      const now = Date.now();
      this.hidden = !(by > now);
      if (this.hidden) return;
      const isSoon = now >= warns;
      const byClock = words.by.replace("{time}", clock.format(by));
      this.toggleAttribute("data-soon", isSoon);
      this.textContent = isSoon ? words.left.replace("{time}", timeLeft(by - now)) : byClock;
      this.title = isSoon ? byClock : "";
      const next = isSoon ? Math.min(5_000, by - now) : warns - now;
      this.later = setTimeout(() => this.show(), next);
    }
  },
);
