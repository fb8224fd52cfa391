// <browser-time-zone><input>: fills the input with the browser's time zone.
customElements.define(
  "browser-time-zone",
  class extends HTMLElement {
    connectedCallback() {
      this.firstElementChild.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    }
  },
);
