// <live-board data-url data-ticket-url>: keeps the routing board up to date. Live updates reload
// all of it, at most every two seconds and unless the server says that it hasn't changed. Every 15 s
// it is reloaded in any case, because some things change with time.
import { showPresence, showReassigning } from "../lib/presence.js";
import { whenReleased } from "../lib/press.js";
import { csrfToken, requestChange } from "../lib/requests.js";
import { showFailure, showNotice } from "../lib/toast.js";
import { memberStream } from "../live/member-stream.js";
import { forgetRow, mergeParts } from "./merge-html.js";

const PAUSE = 250; // milliseconds, in which several updates become one request
const MIN_INTERVAL = 2_000; // milliseconds
const MAX_INTERVAL = 15_000; // milliseconds
const RELOADED_BY = new Set(["presence", "row"]);

customElements.define(
  "live-board",
  class extends HTMLElement {
    requestedAt = 0;
    fullAt = 0;
    known = {};

    connectedCallback() {
      this.timer = setInterval(
        () => Date.now() - this.fullAt >= MAX_INTERVAL && this.reloadSoon(),
        1_000,
      );
      document.addEventListener("visibilitychange", this);
      this.addEventListener("submit", (event) => this.submit(event));
      if (this.dataset.ticketUrl) this.listen();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      clearTimeout(this.pause);
      document.removeEventListener("visibilitychange", this);
      this.stream?.stop();
    }

    listen() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => {
          this.fullAt = 0;
          return this.reload();
        },
        onEvent: (name, data) => this.apply(name, data),
        onState: (state) => this.showConnection(state),
      });
      this.stream.start();
    }

    showConnection(state) {
      this.dataset.connection = state;
      if (state === "ended") document.dispatchEvent(new Event("session-ended"));
    }

    apply(name, data) {
      if (name === "presence") {
        showPresence(data);
        forgetRow(document.getElementById(`person-${data.membership}`));
      }
      if (name === "reassigning") showReassigning(data);
      if (name === "notice") showNotice(data);
      if (RELOADED_BY.has(name)) this.reloadSoon();
    }

    /** A hidden page is reloaded when it becomes visible. */
    handleEvent() {
      if (!document.hidden && this.isStale) this.reloadSoon();
    }

    reloadSoon() {
      this.isStale = document.hidden;
      if (this.isStale) return;
      this.pause ??= setTimeout(
        () => this.reload().catch(() => {}),
        Math.max(PAUSE, this.requestedAt + MIN_INTERVAL - Date.now()),
      );
    }

    /** The buttons of all rows share one form; each names its own URL. */
    async submit(event) {
      event.preventDefault();
      const options = { method: "POST", headers: { "X-CSRFToken": csrfToken() } };
      const response = await fetch(event.submitter.formAction, options).catch(() => ({}));
      if (response.ok) this.reloadSoon();
      else showFailure(response.status ? "failed" : "offline");
    }

    async reload() {
      clearTimeout(this.pause);
      this.pause = undefined;
      this.requestedAt = Date.now();
      const current = (this.latestRequest = {});
      if (this.requestedAt - this.fullAt >= MAX_INTERVAL) {
        this.known = {};
        this.fullAt = this.requestedAt;
      }
      const change = await requestChange(this.dataset.url, this.known);
      if (!change || current !== this.latestRequest) return;
      this.known = change;
      whenReleased(() => mergeParts(this, change.text));
    }
  },
);
