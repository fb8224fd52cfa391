// <copy-button data-from="id" data-done="Copied"><button>: copies the text of an element.
const CONFIRMED = 2_000; // milliseconds

customElements.define(
  "copy-button",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", () => this.copy());
    }

    async copy() {
      const source = document.getElementById(this.dataset.from);
      const label = this.querySelector("[data-label]");
      this.label ??= label.textContent;
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
      } catch {
        // Without permission, or without https, at least select it for Ctrl+C.
        return getSelection().selectAllChildren(source);
      }
      label.textContent = this.dataset.done;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (label.textContent = this.label), CONFIRMED);
    }
  },
);
