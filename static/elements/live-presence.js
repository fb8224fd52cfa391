import { memberStream } from "../live/member-stream.js";
import { ask } from "../lib/requests.js";
import { recallPresence, showPresence, showReassigning } from "../lib/presence.js";
import { tell } from "../lib/toast.js";

// <live-presence data-ticket-url>: the dots and sentences of the people on this page, as they change.
customElements.define(
  "live-presence",
  class extends HTMLElement {
    connectedCallback() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => this.catchUp(),
        onEvent: (name, data) => ({ presence: showPresence, reassigning: showReassigning, notice: tell })[name]?.(data),
      });
      this.stream.start();
    }

    disconnectedCallback() {
      this.stream.stop();
    }

    /** The page as it is now says what was missed. */
    async catchUp() {
      const asked = Date.now();
      const text = await (await ask(location.href)).text();
      const page = new DOMParser().parseFromString(text, "text/html");
      for (const state of page.querySelectorAll(".state[data-member]")) {
        const { member: membership, presence } = state.dataset;
        recallPresence({ membership, state: presence, sentence: state.textContent.trim() }, asked);
      }
    }
  },
);
