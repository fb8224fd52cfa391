// <hot-key key="r"><button>: pressing the key clicks the button, unless the member is typing.
const TEXT_FIELDS = "input, textarea, select, [contenteditable]";
const isUnmodified = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;

/** Tell whether a key is meant for the page: no modifier, and no field or dialog has it. */
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
      const button = this.firstElementChild;
      if (event.key !== this.getAttribute("key") || !button.checkVisibility() || !isShortcut(event))
        return;
      event.preventDefault();
      button.click();
    }
  },
);
