// <form-preview form="id">: shows what is typed into a form. [data-shows="name"] gets that field's
// text, or else its own data-empty; [data-shows-choice="name"] the chosen option's; [data-follows="name"] gets it as data-value; the element's own data- attributes the fields of the same name;
// "accent" and "accent_dark" set --accent and --accent-ink. A radio button named "scheme" beside the
// preview chooses which of them is shown.
import { chooseTextColour, parseColour } from "../lib/colour.js";

customElements.define(
  "form-preview",
  class extends HTMLElement {
    connectedCallback() {
      this.form = document.getElementById(this.getAttribute("form"));
      for (const each of [this.form, this.parentElement])
        each.addEventListener("input", () => this.update());
      this.update();
    }

    update() {
      const values = Object.fromEntries(new FormData(this.form));
      for (const element of this.querySelectorAll("[data-shows]"))
        element.textContent = values[element.dataset.shows]?.trim() || element.dataset.empty || "";
      for (const element of this.querySelectorAll("[data-shows-choice]")) {
        const { selectedOptions, value } = this.form.elements[element.dataset.showsChoice];
        element.textContent = value ? selectedOptions[0].text : element.dataset.empty;
      }
      for (const { dataset } of this.querySelectorAll("[data-follows]"))
        dataset.value = values[dataset.follows];
      for (const name in this.dataset) if (name in values) this.dataset[name] = values[name];
      this.showScheme(values);
    }

    showScheme({ accent, accent_dark: accentDark, theme }) {
      const chosen = this.parentElement.querySelector("[name=scheme]:checked")?.value ?? "light";
      const scheme = ["light", "dark"].includes(theme) ? theme : chosen;
      this.style.colorScheme = scheme;
      const light = parseColour(accent ?? "");
      this.paint(scheme === "dark" ? (parseColour(accentDark ?? "") ?? light) : light);
    }

    paint(accent) {
      for (const name of ["--accent", "--accent-ink"]) this.style.removeProperty(name);
      if (!accent) return;
      this.style.setProperty("--accent", accent);
      this.style.setProperty("--accent-ink", chooseTextColour(accent));
    }
  },
);
