// <set-all data-form="id"><select>: sets every select of a form that offers what is chosen here.
customElements.define(
  "set-all",
  class extends HTMLElement {
    connectedCallback() {
      this.own = this.querySelector("select");
      this.others = [...document.getElementById(this.dataset.form).elements].filter((each) => each.matches("select") && each !== this.own);
      this.own.addEventListener("change", () => this.set());
      this.set(); // chosen before this script was there
      // Chosen one by one: no longer all of them.
      for (const each of this.others) each.addEventListener("change", () => (this.own.value = ""));
    }

    set() {
      const { value } = this.own;
      if (!value) return;
      for (const each of this.others) if ([...each.options].some((option) => option.value === value)) each.value = value;
    }
  },
);
