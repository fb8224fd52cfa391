// <hot-key key="r" data-within="id"><button>: pressing the key clicks the button, unless the member
// is typing. A button in a closed popover (data-within) is shown first.
const TEXT_FIELDS = "input, textarea, select, [contenteditable]";
export const isUnmodified = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;

/** Return whether a key is meant for the page: no modifier, and no field or dialog has it. */
export const isShortcut = (event) =>
  isUnmodified(event) &&
  !event.target.closest?.(TEXT_FIELDS) &&
  !document.querySelector("dialog[open], .sheet:popover-open");

customElements.define(
  "hot-key",
  class extends HTMLElement {
    connectedCallback() {
      document.addEventListener("keydown", this);
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this);
    }

    handleEvent(event) {
      if (event.key === this.getAttribute("key") && isShortcut(event) && this.press())
        event.preventDefault();
    }

    /** Click the button, if it can be shown. */
    press() {
      const button = this.firstElementChild;
      const menu = document.getElementById(this.dataset.within);
      if (!button.checkVisibility() && menu?.checkVisibility() === false) menu.showPopover();
      if (!button.checkVisibility()) return false;
      button.click();
      return true;
    }
  },
);
