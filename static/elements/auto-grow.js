// <auto-grow><textarea>: grows with its text, in browsers whose CSS can't do it (field-sizing).
customElements.define(
  "auto-grow",
  class extends HTMLElement {
    connectedCallback() {
      if (CSS.supports("field-sizing", "content")) return;
      this.addEventListener("input", () => this.fit());
      this.fit();
    }

    fit() {
      const textarea = this.firstElementChild;
      textarea.style.blockSize = "auto";
      textarea.style.blockSize = `${textarea.scrollHeight}px`;
    }
  },
);
