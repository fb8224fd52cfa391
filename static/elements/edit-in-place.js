// <edit-in-place>text, <button aria-controls>, <form>: the button shows the form instead of the
// text. Escape and saving bring the text back.
customElements.define(
  "edit-in-place",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      if (!this.form) return; // this member may only read it
      this.button = this.querySelector("button[aria-controls]");
      this.button.addEventListener("click", () => this.showForm());
      this.form.addEventListener("keydown", ({ key }) => key === "Escape" && this.hideForm());
      this.form.addEventListener(
        "htmx:after:request",
        ({ detail }) => detail.ctx.response.status < 400 && this.hideForm(),
      );
    }

    showForm() {
      const [field] = this.form.querySelectorAll("input:not([type=hidden])");
      field.value = this.querySelector("[data-name]").dataset.name;
      this.dataset.editing = "";
      field.select();
    }

    hideForm() {
      delete this.dataset.editing;
      this.button.focus();
    }
  },
);
