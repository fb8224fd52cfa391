// <browser-time-zone><input>: the time zone of the clock that this person sees.
customElements.define(
  "browser-time-zone",
  class extends HTMLElement {
    connectedCallback() {
      this.firstElementChild.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    }
  },
);
