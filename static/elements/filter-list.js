// <filter-list data-none="…"><input type="search"><ul>…<p role="status">: hides the items that
// don't match the search. Items within <details> are shown while one searches.
import { matchesQuery } from "../lib/text-match.js";

customElements.define(
  "filter-list",
  class extends HTMLElement {
    connectedCallback() {
      this.field = this.querySelector('input[type="search"]');
      this.field?.addEventListener("input", () => this.filter());
      // Enter searches; it must not send the form that the list is in.
      this.field?.addEventListener(
        "keydown",
        (event) => event.key === "Enter" && event.preventDefault(),
      );
    }

    filter() {
      let found = 0;
      for (const item of this.querySelectorAll("li")) {
        item.hidden = !matchesQuery(item.textContent, this.field.value);
        found += !item.hidden;
      }
      // What is folded is searched too.
      for (const details of this.querySelectorAll("details"))
        details.open = this.field.value.trim() !== "";
      this.querySelector('[role="status"]').textContent = found ? "" : this.dataset.none;
    }
  },
);
