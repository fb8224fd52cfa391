// <repeatable-rows data-max="6">: rows of fields that can be added (from the <template>) and
// removed. Inside: [data-rows], a [data-row] with a [data-remove] button each, and an [data-add]
// button.
customElements.define(
  "repeatable-rows",
  class extends HTMLElement {
    connectedCallback() {
      this.list = this.querySelector("[data-rows]");
      this.addButton = this.querySelector("[data-add]");
      this.addButton.addEventListener("click", () => this.addRow().querySelector("input").focus());
      this.list.addEventListener("click", ({ target }) => {
        const row = target.closest("[data-remove]")?.closest("[data-row]");
        if (row) this.removeRow(row);
      });
      this.update();
    }

    get rows() {
      return [...this.list.querySelectorAll("[data-row]")];
    }

    /** The values of the fields, row by row. */
    get values() {
      return this.rows.map((row) => [...row.querySelectorAll("input")].map((field) => field.value));
    }

    set values(rows) {
      this.list.replaceChildren();
      for (const values of rows) this.addRow(values);
      this.update();
    }

    addRow(values = []) {
      this.list.append(this.querySelector("template").content.cloneNode(true));
      const row = this.list.lastElementChild;
      row.querySelectorAll("input").forEach((field, index) => (field.value = values[index] ?? ""));
      this.update();
      return row;
    }

    removeRow(row) {
      const neighbour = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.update();
      (neighbour?.querySelector("input") ?? this.addButton).focus();
    }

    update() {
      this.addButton.hidden = this.rows.length >= Number(this.dataset.max);
      this.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
