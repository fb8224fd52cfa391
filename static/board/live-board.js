import { forget, mergeParts } from "./merge-html.js";
import { memberStream } from "../live/member-stream.js";
import { ask, token } from "../lib/requests.js";
import { showPresence, showReassigning } from "../lib/presence.js";
import { say, tell } from "../lib/toast.js";

// <live-board data-url data-ticket-url>: the board as it is now. News asks for all of it again, at most
// every two seconds; without news, or without a ticket, it is asked every fifteen.
const GATHER = 250, OFTEN = 2_000, SELDOM = 15_000;
const NEWS = new Set(["presence", "row"]);

customElements.define(
  "live-board",
  class extends HTMLElement {
    asked = 0;

    connectedCallback() {
      this.clock = setInterval(() => Date.now() - this.asked >= SELDOM && this.soon(), 1_000);
      document.addEventListener("visibilitychange", this);
      this.addEventListener("submit", (event) => this.act(event));
      if (this.dataset.ticketUrl) this.listen();
    }

    disconnectedCallback() {
      clearInterval(this.clock);
      clearTimeout(this.later);
      document.removeEventListener("visibilitychange", this);
      this.stream?.stop();
    }

    listen() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => this.refresh(),
        onEvent: (name, data) => this.hear(name, data),
        onState: (state) => this.connection(state),
      });
      this.stream.start();
    }

    connection(state) {
      this.dataset.connection = state;
      if (state === "ended") document.dispatchEvent(new Event("session-ended"));
    }

    hear(name, data) {
      if (name === "presence") {
        showPresence(data);
        forget(document.getElementById(`person-${data.membership}`));
      }
      if (name === "reassigning") showReassigning(data);
      if (name === "notice") tell(data);
      if (NEWS.has(name)) this.soon();
    }

    /** Nobody looks at a hidden page: it is asked for when it is seen again. */
    handleEvent() {
      if (!document.hidden && this.isStale) this.soon();
    }

    soon() {
      this.isStale = document.hidden;
      if (this.isStale) return;
      this.later ??= setTimeout(() => this.refresh().catch(() => {}), Math.max(GATHER, this.asked + OFTEN - Date.now()));
    }

    /** A button of a row: its form stands once outside of all rows, and the button names where to. */
    async act(event) {
      event.preventDefault();
      const answer = await fetch(event.submitter.formAction, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => ({}));
      if (answer.ok) this.soon();
      else say(document.getElementById("toast").dataset[answer.status ? "failed" : "offline"]);
    }

    async refresh() {
      clearTimeout(this.later);
      this.later = undefined;
      this.asked = Date.now();
      const mine = (this.latest = {});
      const html = await (await ask(this.dataset.url)).text();
      if (mine === this.latest) mergeParts(this, html);
    }
  },
);
