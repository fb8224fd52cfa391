import { colourOf } from "./colour-field.js";

// <form-preview form="id">: what the form's fields say, as they are typed. [data-shows="name"] has a field's
// text, the element's own data- attributes those of the same name; "accent" becomes --accent and --accent-ink.
customElements.define(
  "form-preview",
  class extends HTMLElement {
    connectedCallback() {
      this.form = document.getElementById(this.getAttribute("form"));
      this.form.addEventListener("input", () => this.show());
      this.show();
    }

    show() {
      const values = Object.fromEntries(new FormData(this.form));
      for (const place of this.querySelectorAll("[data-shows]")) place.textContent = values[place.dataset.shows];
      for (const name in this.dataset) if (name in values) this.dataset[name] = values[name];
      this.paint(colourOf(values.accent ?? ""));
    }

    paint(accent) {
      for (const name of ["--accent", "--accent-ink"]) this.style.removeProperty(name);
      if (!accent) return;
      this.style.setProperty("--accent", accent);
      this.style.setProperty("--accent-ink", inkOn(accent));
    }
  },
);

// The server's own rule (messagehub/lib/colour.py): white where WCAG says that it can be read, else black.
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5 ? "#fff" : "#000";
}

function linear(part) {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
