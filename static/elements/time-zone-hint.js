// <time-zone-hint data-select="id" data-default="UTC" hidden>: offers the browser's own time zone to a <select>
// that says another one. An empty choice there means the default. In it: a <b> for the name, a <button>.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

customElements.define(
  "time-zone-hint",
  class extends HTMLElement {
    connectedCallback() {
      this.select = document.getElementById(this.dataset.select);
      this.select.addEventListener("change", () => this.show());
      this.querySelector("button").addEventListener("click", () => this.take());
      this.querySelector("b").textContent = timeZone;
      this.show();
    }

    show() {
      const isKnown = [...this.select.options].some((option) => option.value === timeZone);
      this.hidden = !isKnown || (this.select.value || this.dataset.default) === timeZone;
    }

    take() {
      this.select.value = timeZone;
      this.show();
      this.select.focus();
    }
  },
);
