// <colour-field data-default="#rrggbb">: a colour to pick, the same as text, and a button back to none.
const COLOUR = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;

/** #rrggbb of what somebody typed; undefined: it is none. */
export function colourOf(text) {
  const digits = COLOUR.exec(text.trim())?.[1];
  return digits && `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}`.toLowerCase();
}

customElements.define(
  "colour-field",
  class extends HTMLElement {
    connectedCallback() {
      [this.well, this.text] = this.querySelectorAll("input");
      this.button = this.querySelector("button");
      this.well.hidden = this.button.hidden = false;
      this.well.addEventListener("input", () => this.write(this.well.value));
      this.text.addEventListener("input", () => this.show());
      this.button.addEventListener("click", () => this.write(""));
      this.show();
    }

    write(value) {
      this.text.value = value;
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }

    show() {
      this.well.value = colourOf(this.text.value) ?? this.dataset.default;
      this.button.disabled = !this.text.value;
    }
  },
);
