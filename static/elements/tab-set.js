// <tab-set>: tabs and their panels (the ARIA pattern), arrow keys included. Choosing one focuses its field.
customElements.define(
  "tab-set",
  class extends HTMLElement {
    connectedCallback() {
      this.tabs = [...this.querySelectorAll('[role="tab"]')];
      for (const tab of this.tabs) tab.addEventListener("click", () => this.choose(tab));
      this.addEventListener("keydown", (event) => this.move(event));
    }

    choose(tab) {
      this.mark(tab);
      this.panel(tab).querySelector("textarea, input:not([type=hidden])")?.focus();
    }

    mark(tab) {
      for (const each of this.tabs) {
        const isChosen = each === tab;
        each.setAttribute("aria-selected", isChosen);
        each.tabIndex = isChosen ? 0 : -1;
        this.panel(each).hidden = !isChosen;
      }
    }

    /** The tab of this part of a panel, without moving the focus. */
    show(part) {
      this.mark(this.tabs.find((tab) => this.panel(tab).contains(part)));
    }

    panel(tab) {
      return this.querySelector(`#${tab.getAttribute("aria-controls")}`);
    }

    move(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const here = this.tabs.indexOf(event.target);
      if (!step || here < 0) return;
      const tab = this.tabs.at((here + step) % this.tabs.length);
      this.choose(tab);
      tab.focus();
    }
  },
);
