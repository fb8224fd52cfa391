// <live-panel data-url data-ticket-url form="id">: reloads its content when a presence or a
// conversation changes, when the form changes (with its unsaved values) and every 30 s. The status
// after it reads out a changed [data-announce]. [data-stale] means that the content could not be
// reloaded.
import { parseHtml } from "../lib/html.js";
import { showPresence, showReassigning } from "../lib/presence.js";
import { whenReleased } from "../lib/press.js";
import { requestChange } from "../lib/requests.js";
import { showNotice } from "../lib/toast.js";
import { memberStream } from "../live/member-stream.js";

const PAUSE = 300; // milliseconds, in which several changes become one request
const INTERVAL = 30_000; // milliseconds
const RELOADED_BY = new Set(["presence", "row"]);

customElements.define(
  "live-panel",
  class extends HTMLElement {
    known = {};

    connectedCallback() {
      this.form = document.getElementById(this.getAttribute("form"));
      for (const name of ["input", "change"])
        this.form.addEventListener(name, () => this.reloadSoon());
      this.timer = setInterval(() => this.reloadFully(), INTERVAL);
      if (this.dataset.ticketUrl) this.listen();
      else this.reloadSoon(); // the browser may have restored what was typed into the form
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      this.stream?.stop();
    }

    listen() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => {
          this.known = {};
          return this.reload();
        },
        onEvent: (name, data) => {
          if (name === "presence") showPresence(data);
          if (name === "reassigning") showReassigning(data);
          if (name === "notice") showNotice(data);
          if (RELOADED_BY.has(name)) this.reloadSoon();
        },
        onState: (state) => (this.dataset.connection = state),
      });
      this.stream.start();
    }

    get announcement() {
      return this.querySelector("[data-announce]").textContent;
    }

    reloadSoon() {
      this.pause ??= setTimeout(() => this.reload().catch(() => (this.dataset.stale = "")), PAUSE);
    }

    /** Reload it although nothing is known to have changed: some things change with time. */
    reloadFully() {
      this.known = {};
      this.reloadSoon();
    }

    async reload() {
      clearTimeout(this.pause);
      this.pause = undefined;
      const current = (this.latestRequest = {});
      const values = new URLSearchParams(new FormData(this.form));
      for (const name of ["csrfmiddlewaretoken", "shown"]) values.delete(name);
      const change = await requestChange(`${this.dataset.url}?${values}`, this.known);
      delete this.dataset.stale;
      // Ignore a response that a later request has overtaken, and leave unchanged content alone.
      if (!change || current !== this.latestRequest) return;
      this.known = change;
      const html = change.text;
      if (html === this.html) return;
      this.html = html;
      whenReleased(() => this.isConnected && this.show(html));
    }

    show(html) {
      const { announcement } = this;
      this.replaceChildren(...parseHtml(html));
      if (this.announcement !== announcement)
        this.nextElementSibling.textContent = this.announcement;
    }
  },
);
