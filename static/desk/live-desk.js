import { followRow } from "./response-timers.js";
import { showOwner } from "../elements/contact-owner.js";
import * as conversation from "./conversation.js";
import * as counts from "./view-counts.js";
import { showTitle } from "../elements/page-title.js";
import { memberStream } from "../live/member-stream.js";
import { ask } from "../lib/requests.js";
import { showPresence, showReassigning } from "../lib/presence.js";
import { applyRow, applyRows, list, markCurrent, query } from "./conversation-list.js";
import { tell } from "../lib/toast.js";

// <live-desk data-ticket-url data-rows-url data-counts-url>: hears live what concerns this tab.
customElements.define(
  "live-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.followed = this.number;
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        want: () => this.number,
        catchUp: () => this.catchUp(),
        onEvent: (name, data) => this.apply(name, data),
        onState: (state) => this.connection(state),
      });
      this.stream.start();
      document.addEventListener("htmx:finally:swap", () => this.follow());
      this.refresh();
    }

    disconnectedCallback() {
      this.stream.stop();
    }

    /** Without access to what it shows the page goes, as it does without a session. */
    connection(state) {
      this.dataset.connection = state;
      if (state === "ended") document.dispatchEvent(new Event("session-ended"));
    }

    get number() {
      return conversation.open()?.dataset.number ?? "";
    }

    async catchUp() {
      const rows = ask(`${this.dataset.rowsUrl}?${query()}&known=${list().dataset.known}`).then((response) => response.text());
      await Promise.all([
        conversation.catchUp(),
        counts.check(`${this.dataset.countsUrl}?people`),
        rows.then(applyRows),
      ]);
      this.refresh();
    }

    apply(name, data) {
      if (name === "presence") showPresence(data);
      if (name === "reassigning") showReassigning(data);
      if (name === "owner") showOwner(data);
      if (name === "notice") tell(data);
      if (name === "row") this.row(data);
      if (["append", "replace", "remove"].includes(name)) conversation[name](data);
      if (name === "row" || name === "presence") document.dispatchEvent(new Event("desk-news"));
      showTitle();
    }

    row(data) {
      applyRow(data);
      if (data.assignee === document.body.dataset.me) import("../lib/alerts.js").then(({ alertToRow }) => alertToRow(data));
      followRow(data);
      conversation.applyState(data);
      counts.adjust(data.was, data);
      counts.checkSoon(this.dataset.countsUrl);
    }

    /** Another conversation in the middle needs another ticket. */
    follow() {
      this.refresh();
      if (this.number === this.followed) return;
      this.followed = this.number;
      this.stream.restart();
    }

    refresh() {
      if (list()) markCurrent();
      showTitle();
    }
  },
);
