// <read-marker data-url>: reports up to which entry the agent has read the conversation around it.
// They have read it if the end is in view, the page is visible and they were active in the last
// minute.
import { post } from "../lib/requests.js";
import { lastSeq } from "./merge-entries.js";

const ACTIVITY = ["pointermove", "pointerdown", "keydown", "wheel", "focus", "visibilitychange"];
const ACTIVE = 60_000; // milliseconds
const PAUSE = 1_000; // milliseconds

customElements.define(
  "read-marker",
  class extends HTMLElement {
    reportedSeq = 0;

    connectedCallback() {
      const { signal } = (this.listening = new AbortController());
      for (const type of ACTIVITY) addEventListener(type, () => this.onActivity(), { signal });
      for (const type of ["entry-merged", "scroll"])
        addEventListener(type, () => this.reportSoon(), { signal, capture: true });
      this.onActivity();
    }

    disconnectedCallback() {
      this.listening.abort();
      this.timer = clearTimeout(this.timer);
    }

    onActivity() {
      this.activeAt = Date.now();
      this.reportSoon();
    }

    reportSoon() {
      this.timer ??= setTimeout(() => this.report(), PAUSE);
    }

    report() {
      this.timer = undefined;
      const timeline = this.parentElement.querySelector("timeline-view");
      const seq = lastSeq(timeline.list);
      const isRead =
        !document.hidden &&
        timeline.checkVisibility() &&
        timeline.isAtEnd &&
        Date.now() - this.activeAt < ACTIVE;
      if (!isRead || seq <= this.reportedSeq) return;
      this.reportedSeq = seq;
      post(this.dataset.url, { seq }).catch(() => (this.reportedSeq = 0));
    }
  },
);
