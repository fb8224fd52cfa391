// <insert-text data-into="id"><button>: each button inserts its text at the caret of the field.
import { insertText } from "../lib/text-edit.js";

customElements.define(
  "insert-text",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button) insertText(document.getElementById(this.dataset.into), button.textContent);
      });
    }
  },
);
