import { dayName, daysAgo } from "../elements/local-time.js";

// <timeline-view>: days between entries, one face for what one person wrote in a row, and a word
// about what arrived while somebody read further up. Neighbours decide: done again on change.
const TOGETHER = 5 * 60_000;
const NEAR = 80; // pixels from the end that still count as the end

customElements.define(
  "timeline-view",
  class extends HTMLElement {
    connectedCallback() {
      [this.scroller, this.pill] = this.children;
      this.list = this.scroller.querySelector("ol");
      this.arrange();
      this.observer = new MutationObserver((changes) => this.changed(changes));
      this.observer.observe(this.list, { childList: true });
      this.pill.addEventListener("click", () => this.toEnd());
      this.scroller.addEventListener("scroll", () => this.isAtEnd && (this.pill.hidden = true), { passive: true });
    }

    disconnectedCallback() {
      this.observer.disconnect();
    }

    // The scroller is reversed: its end is 0 and everything above is negative.
    get isAtEnd() {
      return this.scroller.scrollTop > -NEAR;
    }

    toEnd() {
      this.scroller.scrollTop = 0;
      this.pill.hidden = true;
    }

    changed(changes) {
      const nodes = (kind) => changes.flatMap((change) => [...change[kind]]);
      const removed = new Set(nodes("removedNodes").map((node) => node.id));
      const isNew = (entry) => entry.isConnected && !removed.has(entry.id) && !(entry.dataset.seq < this.first);
      const news = nodes("addedNodes").filter((node) => node.matches?.(".entry") && isNew(node));
      this.arrange();
      this.observer.takeRecords(); // our own
      if (!news.length || this.isAtEnd) return;
      if (news.some((entry) => entry.dataset.author === document.body.dataset.me)) this.toEnd();
      else this.pill.hidden = false;
    }

    arrange() {
      for (const day of this.list.querySelectorAll(":scope > .day")) day.remove();
      let before;
      for (const entry of this.list.querySelectorAll(":scope > .entry")) {
        const isNewDay = !before || daysAgo(date(before), date(entry)) !== 0;
        if (!before) this.first = +entry.dataset.seq;
        if (isNewDay) entry.before(daySeparator(date(entry)));
        entry.toggleAttribute("data-follows", !isNewDay && belongTogether(before, entry));
        before = entry;
      }
    }
  },
);

function date(entry) {
  return new Date(entry.dataset.at);
}

function belongTogether(before, entry) {
  const same = ["kind", "author"].every((key) => before.dataset[key] === entry.dataset[key]);
  return same && entry.dataset.kind !== "activity" && date(entry) - date(before) < TOGETHER;
}

function daySeparator(day) {
  const separator = document.createElement("li");
  separator.className = "day";
  separator.textContent = dayName(day);
  return separator;
}
