// <tab-set>: tabs and their panels (the ARIA pattern), with arrow keys. Selecting a tab focuses its
// first field.
customElements.define(
  "tab-set",
  class extends HTMLElement {
    connectedCallback() {
      this.tabs = [...this.querySelectorAll('[role="tab"]')];
      for (const tab of this.tabs) tab.addEventListener("click", () => this.select(tab));
      this.addEventListener("keydown", (event) => this.moveFocus(event));
    }

    select(tab) {
      this.showPanel(tab);
      this.findPanel(tab).querySelector("textarea, input:not([type=hidden])")?.focus();
    }

    /** Show the panel that contains the element, without moving the focus. */
    reveal(element) {
      this.showPanel(this.tabs.find((tab) => this.findPanel(tab).contains(element)));
    }

    showPanel(selected) {
      for (const tab of this.tabs) {
        const isSelected = tab === selected;
        tab.setAttribute("aria-selected", isSelected);
        tab.tabIndex = isSelected ? 0 : -1;
        this.findPanel(tab).hidden = !isSelected;
      }
    }

    findPanel(tab) {
      return this.querySelector(`#${tab.getAttribute("aria-controls")}`);
    }

    moveFocus(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const index = this.tabs.indexOf(event.target);
      if (!step || index < 0) return;
      const tab = this.tabs.at((index + step) % this.tabs.length);
      this.select(tab);
      tab.focus();
    }
  },
);
