// <drop-menu><button popovertarget><div popover>: a menu under its button. Arrow keys move through
// the items, and choosing one closes the menu.
import "./browser-time-zone.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const GAP = 4; // pixels
const WIDEST = 280; // pixels

customElements.define(
  "drop-menu",
  class extends HTMLElement {
    connectedCallback() {
      this.menu = this.querySelector("[popover]");
      this.menu.addEventListener(
        "beforetoggle",
        ({ newState }) => newState === "open" && this.position(),
      );
      this.menu.addEventListener("keydown", (event) => this.moveFocus(event));
      this.menu.addEventListener("submit", () => this.menu.hidePopover());
    }

    position() {
      const { bottom, right } = this.querySelector("[popovertarget]").getBoundingClientRect();
      const { style } = this.menu;
      style.top = `${bottom + GAP}px`;
      style.left = "auto";
      style.right = `${Math.max(2 * GAP, Math.min(innerWidth - right, innerWidth - WIDEST))}px`;
    }

    moveFocus(event) {
      const step = STEPS[event.key];
      const items = [...this.menu.querySelectorAll(".item")];
      const index = items.indexOf(event.target);
      if (!step || index < 0) return;
      event.preventDefault();
      items.at((index + step) % items.length).focus();
    }
  },
);
