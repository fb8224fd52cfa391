// <busy-form data-busy-label><form>: its button shows that the form was sent, until the next page
// appears.
customElements.define(
  "busy-form",
  class extends HTMLElement {
    connectedCallback() {
      this.button = this.querySelector("button.main");
      this.label = this.button.textContent;
      this.addEventListener("submit", () => this.show(true));
      addEventListener("pageshow", () => this.show(false)); // back from the browser's cache
    }

    show(isBusy) {
      this.button.textContent = isBusy ? this.dataset.busyLabel : this.label;
      this.button.ariaDisabled = String(isBusy);
    }
  },
);
