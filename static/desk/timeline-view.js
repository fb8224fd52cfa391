// <timeline-view>: separates the days of a conversation, groups what one author wrote in a row, and
// tells an agent who has scrolled up about new entries. What an entry looks like depends on its
// neighbours.
import { daysAgo, formatDay } from "../lib/time-format.js";
import { markReplies } from "./reply-marks.js";

const TOGETHER = 5 * 60_000; // milliseconds between entries of one group
const NEAR_END = 80; // pixels

// An entry is rendered once for all members, so their own are styled here.
const own = `.entry:is([data-kind="reply"], [data-kind="note"])[data-author="${document.body.dataset.me}"]`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  ${own} { grid-template-columns: minmax(0, max-content); }
  ${own} .avatar { display: none; }
  ${own}[data-kind="reply"] .bubble { background: var(--accent-soft); border-color: transparent; }
`);
document.adoptedStyleSheets.push(sheet);

customElements.define(
  "timeline-view",
  class extends HTMLElement {
    connectedCallback() {
      [this.scroller, this.newEntries] = this.children;
      this.list = this.scroller.querySelector("ol");
      this.showLink();
      this.arrange();
      this.observer = new MutationObserver((changes) => this.onChange(changes));
      this.observer.observe(this.list, { childList: true });
      this.newEntries.addEventListener("click", () => this.scrollToEnd());
      this.scroller.addEventListener(
        "scroll",
        () => this.isAtEnd && (this.newEntries.hidden = true),
        { passive: true },
      );
    }

    disconnectedCallback() {
      this.observer.disconnect();
    }

    // The scroller is reversed: its end is 0 and everything above is negative.
    get isAtEnd() {
      return this.scroller.scrollTop > -NEAR_END && !this.gap;
    }

    // A page that was opened at an entry far back doesn't have the latest ones. It has a link to
    // them instead of a button.
    get gap() {
      return this.list.querySelector(":scope > .later");
    }

    /** Show the entry that the link to this page names. */
    showLink() {
      if (this.gap) import("./later-entries.js");
      if (location.hash.startsWith("#entry-"))
        document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
    }

    scrollToEnd() {
      this.scroller.scrollTop = 0;
      this.newEntries.hidden = true;
    }

    onChange(changes) {
      const nodes = (kind) => changes.flatMap((change) => [...change[kind]]);
      const removed = new Set(nodes("removedNodes").map((node) => node.id));
      const isNew = (entry) =>
        entry.isConnected && !removed.has(entry.id) && !(entry.dataset.seq < this.firstSeq);
      const added = nodes("addedNodes").filter((node) => node.matches?.(".entry") && isNew(node));
      this.arrange();
      this.observer.takeRecords(); // forget the changes that arrange() made
      if (!added.length || this.isAtEnd || this.gap) return;
      if (added.some((entry) => entry.dataset.author === document.body.dataset.me))
        this.scrollToEnd();
      else this.newEntries.hidden = false;
    }

    arrange() {
      for (const day of this.list.querySelectorAll(":scope > .day")) day.remove();
      let previous;
      for (const entry of this.list.querySelectorAll(":scope > .entry")) {
        const isNewDay = !previous || daysAgo(createdAt(previous), createdAt(entry)) !== 0;
        if (!previous) this.firstSeq = Number(entry.dataset.seq);
        if (isNewDay) entry.before(buildDay(createdAt(entry)));
        entry.toggleAttribute("data-follows", !isNewDay && isSameGroup(previous, entry));
        previous = entry;
      }
      markReplies(this.list);
    }
  },
);

function createdAt(entry) {
  return new Date(entry.dataset.at);
}

export function isSameGroup(previous, entry) {
  const hasSameAuthor = ["kind", "author"].every(
    (key) => previous.dataset[key] === entry.dataset[key],
  );
  return (
    hasSameAuthor &&
    entry.dataset.kind !== "activity" &&
    createdAt(entry) - createdAt(previous) < TOGETHER
  );
}

function buildDay(date) {
  const day = document.createElement("li");
  day.className = "day";
  day.textContent = formatDay(date);
  return day;
}
