// <mail-list data-url="...">: asks for new emails every 5 s while somebody looks; what is chosen
// stays chosen.
const EVERY = 5_000;

customElements.define(
  "mail-list",
  class extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => document.hidden || this.ask(), EVERY);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    async ask() {
      const answer = await fetch(this.dataset.url).catch(() => null);
      if (!answer?.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("#mails");
      if (found && newest(found) !== newest(this)) this.show(found);
    }

    show(mails) {
      const chosen = this.querySelector("[aria-current]")?.getAttribute("href");
      const focused =
        this.contains(document.activeElement) && document.activeElement.getAttribute("href");
      this.replaceChildren(document.adoptNode(mails));
      this.link(chosen)?.setAttribute("aria-current", "page");
      this.link(focused)?.focus({ preventScroll: true });
    }

    link(href) {
      return href ? this.querySelector(`a[href="${href}"]`) : null;
    }
  },
);

const newest = (part) => part.querySelector("li")?.id;
