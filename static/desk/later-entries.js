// <later-entries data-url>: on a page that was opened at an entry far back, loads the entries after
// the last one when the agent scrolls near it, or presses its link. After a failure only the link
// tries again.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";

const NEAR = "0px 0px 400px"; // below what is in view

customElements.define(
  "later-entries",
  class extends HTMLElement {
    connectedCallback() {
      this.item = this.closest("li");
      this.scroller = this.closest(".scroller");
      this.querySelector("a").addEventListener("click", (event) => {
        event.preventDefault();
        this.load();
      });
      const options = { root: this.scroller, rootMargin: NEAR };
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
      try {
        this.insert(parseHtml(await requestText(this.dataset.url)));
      } catch {
        this.dataset.state = "failed";
      }
    }

    // The scroller counts from its end, so it has to scroll by what was added there.
    insert(items) {
      const last = this.item.previousElementSibling;
      if (!this.isConnected) return; // another conversation was opened meanwhile
      const timeline = this.closest("timeline-view");
      const hadFocus = this.contains(document.activeElement);
      const { top } = last.getBoundingClientRect();
      const added = items.filter(({ id }) => !id || !document.getElementById(id));
      this.item.replaceWith(...added);
      for (const item of added) htmx.process(item);
      timeline.arrange();
      this.scroller.scrollTop += last.getBoundingClientRect().top - top;
      if (!timeline.gap) timeline.querySelector("a.pill")?.remove();
      if (hadFocus) this.scroller.focus({ preventScroll: true });
    }
  },
);
