// What <earlier-entries data-url> and <later-entries data-url> share: they load entries when the
// agent scrolls near them, or presses their button or link. After a failure only that tries again.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";

export class MoreEntries extends HTMLElement {
  /** How far outside the view the entries are loaded, as margins of an IntersectionObserver. */
  static near;

  connectedCallback() {
    this.item = this.closest("li");
    this.scroller = this.closest(".scroller");
    this.control = this.querySelector("button, a");
    this.control.addEventListener("click", (event) => {
      event.preventDefault();
      this.load();
    });
    const options = { root: this.scroller, rootMargin: this.constructor.near };
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
    this.control.ariaDisabled = "true";
    try {
      const items = parseHtml(await requestText(this.dataset.url));
      if (this.isConnected) this.insert(items); // else another conversation was opened meanwhile
    } catch {
      this.dataset.state = "failed";
      this.control.ariaDisabled = null;
    }
  }

  /** Replace this element with the loaded items. */
  replaceItem(items) {
    this.item.replaceWith(...items);
    for (const item of items) htmx.process(item);
  }
}
