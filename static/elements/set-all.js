// <set-all data-form="id"><select>: gives every select of a form the value chosen here, where it is
// offered.
customElements.define(
  "set-all",
  class extends HTMLElement {
    connectedCallback() {
      this.select = this.querySelector("select");
      this.others = [...document.getElementById(this.dataset.form).elements].filter(
        (each) => each.matches("select") && each !== this.select,
      );
      this.select.addEventListener("change", () => this.setOthers());
      this.setOthers(); // it may have been used before this script was loaded
      for (const other of this.others)
        other.addEventListener("change", () => (this.select.value = ""));
    }

    setOthers() {
      const { value } = this.select;
      if (!value) return;
      for (const other of this.others)
        if ([...other.options].some((option) => option.value === value)) other.value = value;
    }
  },
);
