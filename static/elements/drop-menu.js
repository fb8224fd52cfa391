// <drop-menu><button popovertarget><div popover>: a menu under its button. Arrow keys move through
// the items, a letter goes to the next item that begins with it, and choosing one closes the menu.
import { foldText } from "../lib/text-match.js";
import "./browser-time-zone.js";
import { isUnmodified } from "./hot-key.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const GAP = 4; // pixels
const WIDEST = 280; // pixels
// Where the open menu is. htmx would copy a style attribute to the same menu of the next
// conversation, which the page's policy forbids.
const positions = new CSSStyleSheet();
document.adoptedStyleSheets.push(positions);

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
      const end = Math.max(2 * GAP, Math.min(innerWidth - right, innerWidth - WIDEST));
      positions.replaceSync(`drop-menu [popover]:popover-open {
        top: ${bottom + GAP}px; left: auto; right: ${end}px;
      }`);
    }

    moveFocus(event) {
      const step = STEPS[event.key];
      const isLetter = event.key.length === 1 && event.key !== " ";
      const items = [...this.menu.querySelectorAll(".item")];
      const index = items.indexOf(event.target);
      if (index < 0 || (!step && !isLetter) || !isUnmodified(event)) return;
      event.preventDefault(); // a letter in a menu is no shortcut
      if (step) return items.at((index + step) % items.length).focus();
      const others = [...items.slice(index + 1), ...items.slice(0, index)];
      const begins = ({ textContent }) => foldText(textContent).startsWith(foldText(event.key));
      others.find(begins)?.focus();
    }
  },
);
