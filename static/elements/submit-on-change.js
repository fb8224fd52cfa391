// <submit-on-change><form>: choosing is enough. Its button is for those without a script.
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
