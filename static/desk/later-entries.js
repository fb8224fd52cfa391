// <later-entries data-url>: on a page that was opened at an entry far back, loads the entries after
// the last one.
import { MoreEntries } from "./more-entries.js";

customElements.define(
  "later-entries",
  class extends MoreEntries {
    static near = "0px 0px 400px"; // below what is in view

    // The scroller counts from its end, so it has to scroll by what was added there.
    insert(items) {
      const last = this.item.previousElementSibling;
      const timeline = this.closest("timeline-view");
      const hadFocus = this.contains(document.activeElement);
      const { top } = last.getBoundingClientRect();
      this.replaceItem(items.filter(({ id }) => !id || !document.getElementById(id)));
      timeline.arrange();
      this.scroller.scrollTop += last.getBoundingClientRect().top - top;
      if (!timeline.gap) timeline.querySelector("a.pill")?.remove();
      if (hadFocus) this.scroller.focus({ preventScroll: true });
    }
  },
);
