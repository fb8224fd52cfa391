// <repeatable-rows data-max="6">: rows of fields, added from its <template> and removed. In it: [data-rows],
// [data-row] with a [data-remove] button each, and an [data-add] button.
customElements.define(
  "repeatable-rows",
  class extends HTMLElement {
    connectedCallback() {
      this.list = this.querySelector("[data-rows]");
      this.adding = this.querySelector("[data-add]");
      this.adding.addEventListener("click", () => this.add().querySelector("input").focus());
      this.list.addEventListener("click", ({ target }) => {
        const row = target.closest("[data-remove]")?.closest("[data-row]");
        if (row) this.remove(row);
      });
      this.count();
    }

    get rows() {
      return [...this.list.querySelectorAll("[data-row]")];
    }

    /** What stands in the fields, row by row. */
    get values() {
      return this.rows.map((row) => [...row.querySelectorAll("input")].map((field) => field.value));
    }

    set values(rows) {
      this.list.replaceChildren();
      for (const values of rows) this.add(values);
      this.count();
    }

    add(values = []) {
      this.list.append(this.querySelector("template").content.cloneNode(true));
      const row = this.list.lastElementChild;
      row.querySelectorAll("input").forEach((field, at) => (field.value = values[at] ?? ""));
      this.count();
      return row;
    }

    remove(row) {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.count();
      (next?.querySelector("input") ?? this.adding).focus();
    }

    count() {
      this.adding.hidden = this.rows.length >= Number(this.dataset.most);
      this.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
