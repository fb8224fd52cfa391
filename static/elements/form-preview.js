// <form-preview form="id">: shows what is typed into a form. [data-shows="name"] gets that field's
// text, the element's own data- attributes the fields of the same name; "accent" sets --accent and
// --accent-ink.
import { chooseTextColour, parseColour } from "../lib/colour.js";

customElements.define(
  "form-preview",
  class extends HTMLElement {
    connectedCallback() {
      this.form = document.getElementById(this.getAttribute("form"));
      this.form.addEventListener("input", () => this.update());
      this.update();
    }

    update() {
      const values = Object.fromEntries(new FormData(this.form));
      for (const element of this.querySelectorAll("[data-shows]"))
        element.textContent = values[element.dataset.shows];
      for (const name in this.dataset) if (name in values) this.dataset[name] = values[name];
      this.paint(parseColour(values.accent ?? ""));
    }

    paint(accent) {
      for (const name of ["--accent", "--accent-ink"]) this.style.removeProperty(name);
      if (!accent) return;
      this.style.setProperty("--accent", accent);
      this.style.setProperty("--accent-ink", chooseTextColour(accent));
    }
  },
);
