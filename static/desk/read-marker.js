// <read-marker data-url>: reports up to which entry the agent has read the conversation around it.
// They have read it if the end is in view, the page is visible and they were active in the last
// minute. The first report is sent with the one that they are viewing it (together-line.js).
import { post } from "../lib/requests.js";
import { lastSeq } from "./merge-entries.js";

const ACTIVITY = ["pointermove", "pointerdown", "keydown", "wheel", "focus", "visibilitychange"];
const ACTIVE = 60_000; // milliseconds
const PAUSE = 1_000; // milliseconds
const FIRST_PAUSE = 2_500; // milliseconds

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
      const pause = this.reportedSeq ? PAUSE : FIRST_PAUSE;
      this.timer ??= setTimeout(() => this.report(), pause);
    }

    report() {
      const seq = this.takeSeq();
      if (seq) post(this.dataset.url, { seq }).catch(() => this.forget());
    }

    /** Return the entry to report, if there is a new one. The caller reports it. */
    takeSeq() {
      this.timer = clearTimeout(this.timer);
      const timeline = this.parentElement.querySelector("timeline-view");
      const seq = lastSeq(timeline.list);
      const isRead =
        !document.hidden &&
        timeline.checkVisibility() &&
        timeline.isAtEnd &&
        Date.now() - this.activeAt < ACTIVE;
      if (isRead && seq > this.reportedSeq) return (this.reportedSeq = seq);
    }

    /** Report again, because the last report didn't arrive. */
    forget() {
      this.reportedSeq = 0;
    }
  },
);
