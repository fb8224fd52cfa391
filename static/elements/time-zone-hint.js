// <time-zone-hint data-select="id" data-default="UTC" hidden>: offers the browser's time zone where
// a <select> has another one. An empty choice there means the default. Inside: a <b> for the name
// and a <button>.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

customElements.define(
  "time-zone-hint",
  class extends HTMLElement {
    connectedCallback() {
      this.select = document.getElementById(this.dataset.select);
      this.select.addEventListener("change", () => this.update());
      this.querySelector("button").addEventListener("click", () => this.accept());
      this.querySelector("b").textContent = timeZone;
      this.update();
    }

    update() {
      const isOffered = [...this.select.options].some((option) => option.value === timeZone);
      this.hidden = !isOffered || (this.select.value || this.dataset.default) === timeZone;
    }

    accept() {
      this.select.value = timeZone;
      this.update();
      this.select.focus();
    }
  },
);
