// <submit-on-change><form>: submits with every change, and hides the button that serves browsers
// without scripts.
customElements.define(
  "submit-on-change",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      form.querySelector("button").hidden = true;
      form.autocomplete = "off"; // or Back would bring back what was chosen, and submit it again
      form.addEventListener("change", () => form.requestSubmit());
      // Something may have been chosen before this script was loaded.
      if ([...form.querySelectorAll("select")].some(isChanged)) form.requestSubmit();
    }
  },
);

function isChanged({ options }) {
  const offered = [...options].find((option) => option.defaultSelected) ?? options[0];
  return offered && !offered.selected;
}
