// <auto-grow><textarea>: as tall as its text where the style sheet cannot say so (field-sizing).
customElements.define(
  "auto-grow",
  class extends HTMLElement {
    connectedCallback() {
      if (CSS.supports("field-sizing", "content")) return;
      this.addEventListener("input", () => this.fit());
      this.fit();
    }

    fit() {
      const text = this.firstElementChild;
      text.style.blockSize = "auto";
      text.style.blockSize = `${text.scrollHeight}px`;
    }
  },
);
