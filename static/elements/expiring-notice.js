// <expiring-notice data-expires-at="…">: what is true until a moment leaves the page then.
const LONGEST = 86_400_000;

customElements.define(
  "expiring-notice",
  class extends HTMLElement {
    connectedCallback() {
      const left = new Date(this.dataset.at) - Date.now();
      if (left < LONGEST) this.clock = setTimeout(() => this.remove(), Math.max(0, left));
    }

    disconnectedCallback() {
      clearTimeout(this.clock);
    }
  },
);
