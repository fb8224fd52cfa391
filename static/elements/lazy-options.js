// <lazy-options data-url="…"><select>: loads the select's options when it is about to be opened. There
// can be a thousand, and few selects are ever opened.
import { requestText } from "../lib/requests.js";

const HEADERS = { "HX-Request": "true" };

customElements.define(
  "lazy-options",
  class extends HTMLElement {
    connectedCallback() {
      if (!this.dataset.url) return;
      for (const type of ["pointerenter", "focusin"])
        this.addEventListener(type, () => this.load());
      if (matchMedia("(hover: none)").matches) this.loadWhenShown();
    }

    disconnectedCallback() {
      this.observer?.disconnect();
    }

    // A finger gives no sign before it opens the list.
    loadWhenShown() {
      this.observer = new IntersectionObserver(([{ isIntersecting }]) => {
        if (isIntersecting) this.load();
      });
      this.observer.observe(this);
    }

    /** Load the options, once. After a failure the next sign loads them. */
    async load() {
      if (!this.dataset.url) return;
      this.loading ??= this.replaceOptions().catch(() => (this.loading = undefined));
      await this.loading;
    }

    async replaceOptions() {
      const html = await requestText(this.dataset.url, { headers: HEADERS });
      const select = this.querySelector("select");
      const { value } = select; // which may have changed meanwhile
      const [selected] = select.selectedOptions;
      select.innerHTML = html;
      select.value = value;
      if (!select.selectedOptions.length) select.append(selected);
    }
  },
);
