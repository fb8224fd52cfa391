import { locale } from "../lib/time-format.js";

// <waiting-time data-since="…">: how long already, kept true while it is on the page.
const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const unit = (name) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" });

export function duration(seconds) {
  const [name, length] = units.find(([, length]) => seconds >= length) ?? units.at(-1);
  return unit(name).format(Math.max(1, Math.floor(seconds / length)));
}

customElements.define(
  "waiting-time",
  class extends HTMLElement {
    connectedCallback() {
      this.show();
      this.clock = setInterval(() => this.show(), 20_000);
    }

    disconnectedCallback() {
      clearInterval(this.clock);
    }

    show() {
      this.textContent = duration((Date.now() - new Date(this.dataset.since)) / 1000);
    }
  },
);
