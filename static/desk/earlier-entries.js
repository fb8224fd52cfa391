// <earlier-entries data-url>: loads the entries before the first one.
import { MoreEntries } from "./more-entries.js";

const QUIET = 1_000; // milliseconds, in which a screen reader would announce what was inserted

customElements.define(
  "earlier-entries",
  class extends MoreEntries {
    static near = "400px 0px 0px"; // above what is in view

    // The scroller counts from its end, so what is in view stays where it is.
    insert(items) {
      const [list, hadFocus] = [this.item.parentElement, this.contains(document.activeElement)];
      list.ariaLive = "off";
      setTimeout(() => (list.ariaLive = null), QUIET);
      this.replaceItem(items);
      const next = list.querySelector("earlier-entries button") ?? list.parentElement;
      if (hadFocus) next.focus({ preventScroll: true });
    }
  },
);
