import { matches } from "../lib/text-match.js";
import { chip, group, line } from "../lib/target-items.js";

// <target-picker><select multiple><template>: users and teams found in one list by typing; those chosen are chips.
// The select stays what the form sends, and all there is without a script. Keys: the ARIA pattern of a combobox.
customElements.define(
  "target-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.select = this.querySelector("select");
      this.append(this.querySelector("template").content.cloneNode(true));
      [this.chips, this.field, this.list, this.status] = ["ul", "input", '[role="listbox"]', '[role="status"]'].map((part) => this.querySelector(part));
      this.select.hidden = true;
      this.chosen = [...this.select.selectedOptions]; // the latest at the end, where Backspace takes it away
      this.previousElementSibling.htmlFor = this.field.id;
      this.field.addEventListener("input", () => this.show());
      this.field.addEventListener("click", () => this.show());
      this.field.addEventListener("keydown", (event) => this.press(event));
      this.addEventListener("focusout", ({ relatedTarget }) => this.contains(relatedTarget) || this.close());
      // A click in the list leaves the focus where the typing is.
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", ({ target }) => this.choose(target.closest('[role="option"]')));
      this.chips.addEventListener("click", ({ target }) => this.remove(target.closest("button")?.value));
      this.querySelector(".box").addEventListener("click", ({ target }) => target.matches(".box, ul") && this.field.focus());
      this.chip();
    }

    get options() {
      return [...this.list.querySelectorAll('[role="option"]')];
    }

    show() {
      const found = [...this.select.children].map((each) => group(each, (option) => !option.selected && matches(`${option.text} ${option.dataset.note ?? ""}`, this.field.value)));
      this.list.replaceChildren(...found.filter(Boolean));
      if (!this.options.length) this.list.append(line(this.dataset.none));
      this.list.hidden = false;
      this.field.setAttribute("aria-expanded", true);
      this.mark(this.field.value ? this.options[0] : undefined);
    }

    close() {
      this.list.hidden = true;
      this.field.value = "";
      this.field.setAttribute("aria-expanded", false);
      this.mark();
    }

    mark(option) {
      this.active?.removeAttribute("aria-selected");
      this.active = option;
      option?.setAttribute("aria-selected", true);
      option?.scrollIntoView({ block: "nearest" });
      if (option) this.field.setAttribute("aria-activedescendant", option.id);
      else this.field.removeAttribute("aria-activedescendant");
    }

    press(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const isOpen = !this.list.hidden;
      if (step) this.move(step, isOpen);
      else if (event.key === "Enter") this.choose(this.active);
      else if (event.key === "Escape" && isOpen) this.close();
      else if (event.key === "Backspace" && !this.field.value) this.remove(this.chips.lastElementChild?.querySelector("button").value);
      if (step || event.key === "Enter") event.preventDefault();
    }

    move(step, isOpen) {
      if (!isOpen) this.show();
      const { options } = this;
      const here = options.indexOf(this.active);
      this.mark(options.at(here < 0 ? Math.min(step, 0) : (here + step) % options.length));
    }

    choose(option) {
      if (!option) return;
      this.field.value = "";
      this.turn(option.dataset.value, true);
      this.show();
    }

    remove(value) {
      if (!value) return;
      this.turn(value, false);
      this.field.focus();
      if (!this.list.hidden) this.show();
    }

    turn(value, isChosen) {
      const option = [...this.select.options].find((each) => each.value === value);
      option.selected = isChosen;
      this.chosen = this.chosen.filter((each) => each !== option).concat(isChosen ? option : []);
      this.chip();
      this.status.textContent = this.dataset[isChosen ? "added" : "removed"].replace("{name}", option.text);
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    chip() {
      this.chips.replaceChildren(...this.chosen.map((option) => chip(option, this)));
    }
  },
);
