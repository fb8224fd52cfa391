// <earlier-entries data-url>: loads the entries before the first one when the agent scrolls near
// it, or presses its button. After a failure only the button tries again.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";

const NEAR = "400px 0px 0px"; // above what is in view
const QUIET = 1_000; // milliseconds, in which a screen reader would announce what was inserted

customElements.define(
  "earlier-entries",
  class extends HTMLElement {
    connectedCallback() {
      this.item = this.closest("li");
      this.button = this.querySelector("button");
      this.button.addEventListener("click", () => this.load());
      const options = { root: this.closest(".scroller"), rootMargin: NEAR };
      this.observer = new IntersectionObserver(
        ([{ isIntersecting }]) => isIntersecting && this.load(),
        options,
      );
      this.observer.observe(this);
    }

    disconnectedCallback() {
      this.observer.disconnect();
    }

    async load() {
      if (this.dataset.state === "loading") return;
      this.observer.disconnect();
      this.dataset.state = "loading";
      this.button.ariaDisabled = "true";
      try {
        this.insert(parseHtml(await requestText(this.dataset.url)));
      } catch {
        this.dataset.state = "failed";
        this.button.ariaDisabled = null;
      }
    }

    // The scroller counts from its end, so what is in view stays where it is.
    insert(items) {
      const [list, hadFocus] = [this.item.parentElement, this.contains(document.activeElement)];
      if (!list) return; // another conversation was opened meanwhile
      list.ariaLive = "off";
      setTimeout(() => (list.ariaLive = null), QUIET);
      this.item.replaceWith(...items);
      for (const item of items) htmx.process(item);
      const next = list.querySelector("earlier-entries button") ?? list.parentElement;
      if (hadFocus) next.focus({ preventScroll: true });
    }
  },
);
