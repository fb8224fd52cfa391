import "./browser-time-zone.js";

// <drop-menu><… popovertarget><div popover>: a menu under its button; arrow keys go through it,
// and choosing something closes it.
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

customElements.define(
  "drop-menu",
  class extends HTMLElement {
    connectedCallback() {
      this.menu = this.querySelector("[popover]");
      this.menu.addEventListener("beforetoggle", ({ newState }) => newState === "open" && this.place());
      this.menu.addEventListener("keydown", (event) => this.move(event));
      this.menu.addEventListener("submit", () => this.menu.hidePopover());
    }

    place() {
      const { bottom, right } = this.querySelector("[popovertarget]").getBoundingClientRect();
      const { style } = this.menu;
      style.top = `${bottom + 4}px`;
      style.left = "auto";
      style.right = `${Math.max(8, Math.min(innerWidth - right, innerWidth - 280))}px`;
    }

    move(event) {
      const step = STEPS[event.key];
      const items = [...this.menu.querySelectorAll(".item")];
      const here = items.indexOf(event.target);
      if (!step || here < 0) return;
      event.preventDefault();
      items.at((here + step) % items.length).focus();
    }
  },
);
