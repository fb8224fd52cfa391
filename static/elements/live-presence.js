// <live-presence data-ticket-url>: keeps the presence of the members on this page up to date.
import { showPresence, showReassigning, showRequestedPresence } from "../lib/presence.js";
import { requestText } from "../lib/requests.js";
import { showNotice } from "../lib/toast.js";
import { memberStream } from "../live/member-stream.js";

const HANDLERS = { presence: showPresence, reassigning: showReassigning, notice: showNotice };

customElements.define(
  "live-presence",
  class extends HTMLElement {
    connectedCallback() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => this.catchUp(),
        onEvent: (name, data) => HANDLERS[name]?.(data),
      });
      this.stream.start();
    }

    disconnectedCallback() {
      this.stream.stop();
    }

    /** Read what was missed from the page as it is now. */
    async catchUp() {
      const requestedAt = Date.now();
      const page = new DOMParser().parseFromString(await requestText(location.href), "text/html");
      for (const element of page.querySelectorAll(".state[data-member]")) {
        const { member: membership, presence: state } = element.dataset;
        showRequestedPresence(
          { membership, state, sentence: element.textContent.trim() },
          requestedAt,
        );
      }
    }
  },
);
