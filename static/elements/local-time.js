// <local-time data-kind="time|list|full|until"><time datetime="…">: shows a time in the reader's
// zone and format.
import { formatFull, formatTime } from "../lib/time-format.js";

customElements.define(
  "local-time",
  class extends HTMLElement {
    connectedCallback() {
      this.show();
    }

    /** Show this time, or again the one in the <time> element. */
    show(datetime) {
      const time = this.firstElementChild;
      if (datetime) time.dateTime = datetime;
      const date = new Date(time?.dateTime);
      if (Number.isNaN(date.getTime())) return;
      time.textContent = formatTime[this.dataset.kind](date);
      time.title = formatFull(date);
    }
  },
);
