// <hot-key key="r"><button>: the key does what a click does, unless somebody is typing.
const TYPING = "input, textarea, select, [contenteditable]";
const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;

export const isForThePage = (event) =>
  isPlain(event) && !event.target.closest?.(TYPING) && !document.querySelector("dialog[open], .sheet:popover-open");

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
      const target = this.firstElementChild;
      if (event.key !== this.getAttribute("key") || !target.checkVisibility() || !isForThePage(event)) return;
      event.preventDefault();
      target.click();
    }
  },
);
