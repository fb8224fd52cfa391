// <edit-in-place>what is shown, <button aria-controls>, <form>: the button puts the form in its place;
// Escape and what was saved bring it back.
customElements.define(
  "edit-in-place",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      if (!this.form) return; // only to be read
      this.button = this.querySelector("button[aria-controls]");
      this.button.addEventListener("click", () => this.begin());
      this.form.addEventListener("keydown", ({ key }) => key === "Escape" && this.end());
      this.form.addEventListener("htmx:after:request", ({ detail }) => detail.ctx.response.status < 400 && this.end());
    }

    begin() {
      const [field] = this.form.querySelectorAll("input:not([type=hidden])");
      field.value = this.querySelector("[data-name]").dataset.name;
      this.dataset.editing = "";
      field.select();
    }

    end() {
      delete this.dataset.editing;
      this.button.focus();
    }
  },
);
