// <fill-button data-form="id" data-login="…" data-password="…"><button>: fills the fields of these names.
customElements.define(
  "fill-button",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", () => this.fill());
    }

    fill() {
      const { form, ...values } = this.dataset;
      const target = document.getElementById(form);
      for (const name in values) target.elements[name].value = values[name];
      target.querySelector("button:not([type=button])").focus();
    }
  },
);
