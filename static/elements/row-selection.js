// <row-selection data-one data-many>: a table whose rows have checkboxes. Each checkbox
// [data-all] selects them all, and [data-count] says how many are selected. Without [data-count],
// the member may not select rows.
customElements.define(
  "row-selection",
  class extends HTMLElement {
    connectedCallback() {
      this.count = this.querySelector("[data-count]");
      if (!this.count) return;
      this.all = [...this.querySelectorAll("[data-all]")];
      this.rows = [...this.querySelectorAll("tbody input[type=checkbox]")];
      for (const all of this.all) all.closest("label").hidden = false;
      this.addEventListener("change", ({ target }) => {
        if (this.all.includes(target)) for (const row of this.rows) row.checked = target.checked;
        this.show();
      });
      addEventListener("pageshow", () => this.show()); // the browser may have restored them
      this.show();
    }

    show() {
      const count = this.rows.filter((row) => row.checked).length;
      for (const all of this.all) {
        all.checked = count > 0 && count === this.rows.length;
        all.indeterminate = count > 0 && count < this.rows.length;
      }
      const { one, many } = this.dataset;
      this.count.textContent = count === 1 ? one : many.replace("{count}", count);
    }
  },
);
