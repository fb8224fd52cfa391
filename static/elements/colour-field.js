// <colour-field data-default="#rrggbb">: a colour picker, the same value as text, and a button that
// clears it.
import { parseColour } from "../lib/colour.js";

customElements.define(
  "colour-field",
  class extends HTMLElement {
    connectedCallback() {
      [this.picker, this.field] = this.querySelectorAll("input");
      this.button = this.querySelector("button");
      this.picker.hidden = this.button.hidden = false;
      this.picker.addEventListener("input", () => this.setText(this.picker.value));
      this.field.addEventListener("input", () => this.update());
      this.button.addEventListener("click", () => this.setText(""));
      this.update();
    }

    setText(text) {
      this.field.value = text;
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    update() {
      this.picker.value = parseColour(this.field.value) ?? this.dataset.default;
      this.button.disabled = !this.field.value;
    }
  },
);
