import { LiveStream } from "../live.js";
import { ask, post } from "./post.js";
import { recallPresence, showPresence, showReassigning } from "./presence-dots.js";
import { tell } from "./toast.js";

// <live-team data-ticket-url>: the dots and sentences of the people on this page, as they change.
customElements.define(
  "live-team",
  class extends HTMLElement {
    connectedCallback() {
      this.stream = new LiveStream({
        ticket: ({ signal }) => this.ticket(signal),
        catchUp: () => this.catchUp(),
        onEvent: (name, data) => ({ presence: showPresence, reassigning: showReassigning, notice: tell })[name]?.(data),
      });
      this.stream.start();
    }

    disconnectedCallback() {
      this.stream.stop();
    }

    async ticket(signal) {
      const response = await post(this.dataset.ticketUrl, { conversation: "" }, { signal });
      return (await response.json()).ticket;
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
