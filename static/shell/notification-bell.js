// <notification-bell data-url data-ticket-url data-counts-url><div popover>: how many
// notifications are unread, in all tabs, and the list when it opens. A tab rings only if no other
// one of this browser is in front or has rung already (alerts.js).
import { showPublishedCount, showRequestedCount } from "../lib/counts.js";
import { parseHtml } from "../lib/html.js";
import { whenReleased } from "../lib/press.js";
import { post, request, requestText } from "../lib/requests.js";
import { memberStream } from "../live/member-stream.js";

const HAS_STREAM =
  "live-desk, live-presence, live-panel[data-ticket-url], live-board[data-ticket-url]";
// On the desk a notification opens its conversation beside the list.
const ON_DESK = {
  boost: "true",
  target: "#conversation",
  select: "#conversation",
  swap: "outerHTML show:none",
};

customElements.define(
  "notification-bell",
  class extends HTMLElement {
    connectedCallback() {
      [this.panel, this.list] = [this.querySelector("[popover]"), this.querySelector(".found")];
      this.panel.addEventListener("toggle", ({ newState }) => newState === "open" && this.load());
      this.panel.addEventListener("click", ({ target }) => this.onClick(target));
      this.panel.addEventListener("submit", (event) => this.markRead(event));
      document.addEventListener("notifications", ({ detail }) => this.apply(detail));
      document.addEventListener("stream-ready", () => this.catchUp().catch(() => {}));
      if (!document.querySelector(HAS_STREAM)) this.listen();
    }

    /** Listen to the member's stream on a page that shows nothing else live. */
    listen() {
      const { ticketUrl } = this.dataset;
      memberStream({ ticketUrl, catchUp: () => {}, onEvent: () => {} }).start();
    }

    // The desk asks for its counts by itself.
    async catchUp() {
      if (document.querySelector("live-desk")) return;
      const requestedAt = Date.now();
      const { notifications } = await (await request(this.dataset.countsUrl)).json();
      showRequestedCount("notifications", notifications, requestedAt);
      this.reloadIfOpen();
    }

    apply({ counts, alerts = [] }) {
      for (const [name, count] of Object.entries(counts)) showPublishedCount(name, count);
      this.reloadIfOpen();
      for (const alert of alerts) this.ring(alert);
    }

    reloadIfOpen() {
      if (this.panel.matches(":popover-open")) this.load();
    }

    async ring({ kind, key, ...content }) {
      const { alertOnce, isEnabled } = await import("../lib/alerts.js");
      if (isEnabled(kind)) alertOnce(key, content);
    }

    async load() {
      const current = (this.latestRequest = {});
      const headers = { "HX-Request": "true" };
      const html = await requestText(this.dataset.url, { headers }).catch(() => {});
      if (current !== this.latestRequest) return;
      if (document.getElementById("desk"))
        for (const [name, value] of Object.entries(ON_DESK))
          this.list.setAttribute(`hx-${name}:inherited`, value);
      if (!html) return (this.list.textContent = this.list.dataset.failed);
      whenReleased(() => {
        this.list.replaceChildren(...parseHtml(html));
        htmx.process(this.list);
      });
    }

    onClick(target) {
      if (target.closest(".news > :not(.more) > a")) this.panel.hidePopover();
    }

    async markRead(event) {
      event.preventDefault();
      const until = this.list.querySelector(".news").dataset.listedAt;
      await post(event.target.action, { until }).catch(() => {});
      this.load();
    }
  },
);
