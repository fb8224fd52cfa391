// <expiring-notice data-expires-at>: removes itself at that time.
const LONGEST = 86_400_000; // milliseconds; a timer overflows at 24 days

customElements.define(
  "expiring-notice",
  class extends HTMLElement {
    connectedCallback() {
      const timeLeft = new Date(this.dataset.expiresAt) - Date.now();
      if (timeLeft < LONGEST) this.timer = setTimeout(() => this.remove(), Math.max(0, timeLeft));
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }
  },
);
