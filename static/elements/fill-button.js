// <fill-button data-form="id" data-login="…" data-password="…"><button>: fills the form's fields of
// these names.
customElements.define(
  "fill-button",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", () => this.fill());
    }

    fill() {
      const { form: formId, ...values } = this.dataset;
      const form = document.getElementById(formId);
      for (const name in values) form.elements[name].value = values[name];
      form.querySelector("button:not([type=button])").focus();
    }
  },
);
