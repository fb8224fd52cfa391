// <download-note data-text="Preparing…"><a download href>: says that a file is being prepared, if it
// takes more than a second to begin. The server sets a cookie with the first bytes.
const DELAY = 1_000; // milliseconds
const INTERVAL = 250; // milliseconds
const LONGEST = 120_000; // milliseconds, after which the browser has said what went wrong

customElements.define(
  "download-note",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", (event) => event.target.closest("a") && this.begin());
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    begin() {
      const link = this.querySelector("a");
      const url = new URL(link.href);
      const token = crypto.getRandomValues(new Uint32Array(4)).join("-").slice(0, 40);
      url.searchParams.set("download", token);
      link.href = url;
      const startedAt = performance.now();
      clearInterval(this.timer);
      this.timer = setInterval(() => {
        const elapsed = performance.now() - startedAt;
        const hasBegun = document.cookie.split("; ").includes(`download=${token}`);
        if (hasBegun || elapsed > LONGEST) this.end();
        else if (elapsed > DELAY) this.note.textContent = this.dataset.text;
      }, INTERVAL);
    }

    end() {
      clearInterval(this.timer);
      this.note.textContent = "";
    }

    // The status is in the page from the beginning, so that a screen reader reads what it gets.
    get note() {
      return this.querySelector("[role=status]");
    }
  },
);
