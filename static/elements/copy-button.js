// <copy-button data-from="id" data-done="Copied"><button>: the text of an element, and says that it did.
customElements.define(
  "copy-button",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", () => this.copy());
    }

    async copy() {
      const source = document.getElementById(this.dataset.from);
      const words = this.querySelector("[data-words]");
      this.said ??= words.textContent;
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
      } catch {
        // No permission, or not https: at least it is selected for Ctrl+C.
        return getSelection().selectAllChildren(source);
      }
      words.textContent = this.dataset.done;
      clearTimeout(this.later);
      this.later = setTimeout(() => (words.textContent = this.said), 2_000);
    }
  },
);
