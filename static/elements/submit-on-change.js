// <submit-on-change><form>: submits with every change, and hides the button that serves browsers
// without scripts.
customElements.define(
  "submit-on-change",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      form.querySelector("button").hidden = true;
      form.addEventListener("change", () => form.requestSubmit());
    }
  },
);
