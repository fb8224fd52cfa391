// <busy-form data-busy-label="…"><form>: its button says that the answer is being worked out. Coming back
// to the page (bfcache) finds it ready again.
customElements.define(
  "busy-form",
  class extends HTMLElement {
    connectedCallback() {
      this.button = this.querySelector("button.main");
      this.words = this.button.textContent;
      this.addEventListener("submit", () => this.show(true));
      addEventListener("pageshow", () => this.show(false));
    }

    show(isBusy) {
      this.button.textContent = isBusy ? this.dataset.words : this.words;
      this.button.ariaDisabled = String(isBusy);
    }
  },
);
