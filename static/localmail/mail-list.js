// <mail-list data-url="...">: loads new emails every 5 s while the page is visible. The selected
// email stays selected.
const INTERVAL = 5_000; // milliseconds

customElements.define(
  "mail-list",
  class extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => document.hidden || this.reload(), INTERVAL);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    async reload() {
      const response = await fetch(this.dataset.url).catch(() => null);
      if (!response?.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const mails = page.querySelector("#mails");
      if (mails && newestId(mails) !== newestId(this)) this.show(mails);
    }

    show(mails) {
      const selected = this.querySelector("[aria-current]")?.getAttribute("href");
      const { activeElement } = document;
      const focused = this.contains(activeElement) && activeElement.getAttribute("href");
      this.replaceChildren(document.adoptNode(mails));
      this.findLink(selected)?.setAttribute("aria-current", "page");
      this.findLink(focused)?.focus({ preventScroll: true });
    }

    findLink(href) {
      return href ? this.querySelector(`a[href="${href}"]`) : null;
    }
  },
);

const newestId = (mails) => mails.querySelector("li")?.id;
