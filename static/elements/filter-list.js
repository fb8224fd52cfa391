// <filter-list data-none="…"><input type="search"><ul>…<p role="status">: hides the items that
// don't match the search. While there is <a data-show-all>, focusing the search sends it the event
// "show-all", which loads all items; the link leads to the search.
import { matchesQuery } from "../lib/text-match.js";

customElements.define(
  "filter-list",
  class extends HTMLElement {
    connectedCallback() {
      this.field = this.querySelector('input[type="search"]');
      this.field?.addEventListener("input", () => this.filter());
      this.field?.addEventListener("focus", () => {
        if (this.querySelector("a[data-show-all]")) this.field.dispatchEvent(new Event("show-all"));
      });
      this.addEventListener("htmx:after:swap", () => this.filter());
      this.addEventListener("click", (event) => this.onClick(event));
      // Enter searches; it must not send the form that the list is in.
      this.field?.addEventListener(
        "keydown",
        (event) => event.key === "Enter" && event.preventDefault(),
      );
    }

    onClick(event) {
      if (!event.target.closest("a[data-show-all]")) return;
      event.preventDefault();
      this.field.focus();
    }

    filter() {
      let found = 0;
      for (const item of this.querySelectorAll("li")) {
        item.hidden = !matchesQuery(item.textContent, this.field.value);
        found += !item.hidden;
      }
      this.querySelector('[role="status"]').textContent = found ? "" : this.dataset.none;
    }
  },
);
