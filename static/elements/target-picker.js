// <target-picker><select multiple><template>: users and teams are found by typing, and those chosen
// are chips. The select is what the form sends, and all there is without scripts. Keys follow the
// ARIA combobox pattern.
import { buildChip, buildGroup, buildLine } from "../lib/target-items.js";
import { matchesQuery } from "../lib/text-match.js";

customElements.define(
  "target-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.select = this.querySelector("select");
      this.append(this.querySelector("template").content.cloneNode(true));
      [this.chips, this.field, this.list, this.status] = [
        "ul",
        "input",
        '[role="listbox"]',
        '[role="status"]',
      ].map((part) => this.querySelector(part));
      this.select.hidden = true;
      // The latest is last, because Backspace removes the last.
      this.chosen = [...this.select.selectedOptions];
      this.previousElementSibling.htmlFor = this.field.id;
      this.listen();
      this.showChips();
    }

    listen() {
      this.field.addEventListener("input", () => this.open());
      this.field.addEventListener("click", () => this.open());
      this.field.addEventListener("keydown", (event) => this.onKey(event));
      this.addEventListener(
        "focusout",
        ({ relatedTarget }) => this.contains(relatedTarget) || this.close(),
      );
      // A click in the list leaves the focus in the field.
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", ({ target }) =>
        this.choose(target.closest('[role="option"]')),
      );
      this.chips.addEventListener("click", ({ target }) =>
        this.unchoose(target.closest("button")?.value),
      );
      this.querySelector(".box").addEventListener(
        "click",
        ({ target }) => target.matches(".box, ul") && this.field.focus(),
      );
    }

    get items() {
      return [...this.list.querySelectorAll('[role="option"]')];
    }

    open() {
      const isFound = (option) =>
        !option.selected &&
        matchesQuery(`${option.text} ${option.dataset.note ?? ""}`, this.field.value);
      const groups = [...this.select.children].map((optgroup) => buildGroup(optgroup, isFound));
      this.list.replaceChildren(...groups.filter(Boolean));
      if (!this.items.length) this.list.append(buildLine(this.dataset.none));
      this.list.hidden = false;
      this.field.setAttribute("aria-expanded", true);
      this.activate(this.field.value ? this.items[0] : undefined);
    }

    close() {
      this.list.hidden = true;
      this.field.value = "";
      this.field.setAttribute("aria-expanded", false);
      this.activate();
    }

    activate(item) {
      this.activeItem?.removeAttribute("aria-selected");
      this.activeItem = item;
      item?.setAttribute("aria-selected", true);
      item?.scrollIntoView({ block: "nearest" });
      if (item) this.field.setAttribute("aria-activedescendant", item.id);
      else this.field.removeAttribute("aria-activedescendant");
    }

    onKey(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const isOpen = !this.list.hidden;
      if (step) this.moveActive(step, isOpen);
      else if (event.key === "Enter") this.choose(this.activeItem);
      else if (event.key === "Escape" && isOpen) this.close();
      else if (event.key === "Backspace" && !this.field.value)
        this.unchoose(this.chips.lastElementChild?.querySelector("button").value);
      if (step || event.key === "Enter") event.preventDefault();
    }

    moveActive(step, isOpen) {
      if (!isOpen) this.open();
      const { items } = this;
      const index = items.indexOf(this.activeItem);
      this.activate(items.at(index < 0 ? Math.min(step, 0) : (index + step) % items.length));
    }

    choose(item) {
      if (!item) return;
      this.field.value = "";
      this.setChosen(item.dataset.value, true);
      this.open();
    }

    unchoose(value) {
      if (!value) return;
      this.setChosen(value, false);
      this.field.focus();
      if (!this.list.hidden) this.open();
    }

    setChosen(value, isChosen) {
      const option = [...this.select.options].find((each) => each.value === value);
      option.selected = isChosen;
      this.chosen = this.chosen.filter((each) => each !== option).concat(isChosen ? option : []);
      this.showChips();
      this.status.textContent = this.dataset[isChosen ? "added" : "removed"].replace(
        "{name}",
        option.text,
      );
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    showChips() {
      this.chips.replaceChildren(...this.chosen.map((option) => buildChip(option, this)));
    }
  },
);
