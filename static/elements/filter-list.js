import { matches } from "../lib/text-match.js";

// <filter-list data-none="…"><input type="search"><ul>…<p role="status">: shows the lines with these words in them.
customElements.define(
  "filter-list",
  class extends HTMLElement {
    connectedCallback() {
      this.field = this.querySelector('input[type="search"]');
      this.field?.addEventListener("input", () => this.filter());
      // Enter looks, it does not send the form around.
      this.field?.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    }

    filter() {
      let found = 0;
      for (const line of this.querySelectorAll("li")) {
        line.hidden = !matches(line.textContent, this.field.value);
        found += !line.hidden;
      }
      this.querySelector('[role="status"]').textContent = found ? "" : this.dataset.none;
    }
  },
);
