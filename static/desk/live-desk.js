// <live-desk data-ticket-url data-rows-url data-counts-url data-bulk-url>: keeps the desk up to date.
import { showPresence, showReassigning } from "../lib/presence.js";
import { requestText } from "../lib/requests.js";
import { showNotice } from "../lib/toast.js";
import { memberStream } from "../live/member-stream.js";
import * as conversation from "./conversation.js";
import {
  findList,
  hasChangedSince,
  listQuery,
  mergeRow,
  mergeRows,
  showCurrent,
} from "./conversation-list.js";
import { markDraft } from "./drafts-in-list.js";
import { followRow } from "./response-timers.js";
import { showLabel } from "./sorting.js";
import { showTogether } from "./together-line.js";
import * as viewCounts from "./view-counts.js";

const workspace = document.title.split(" · ").at(-1);

customElements.define(
  "live-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.streamedNumber = this.number;
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        want: () => this.number,
        catchUp: () => this.catchUp(),
        onEvent: (name, data) => this.apply(name, data),
        onState: (state) => this.showConnection(state),
      });
      this.stream.start();
      this.list = findList();
      document.addEventListener(
        "htmx:before:request",
        ({ detail: { ctx } }) => (ctx.requestedAt = performance.now()),
      );
      document.addEventListener("htmx:finally:swap", ({ detail }) => this.onSwap(detail.ctx));
      document.addEventListener("notifications", () => this.onNotifications());
      document.addEventListener("bulk-run-finished", () => this.reloadRows().catch(() => {}));
      this.update();
    }

    disconnectedCallback() {
      this.stream.stop();
    }

    // The stream ends when the member has lost access; then what the page shows has to go.
    showConnection(state) {
      this.dataset.connection = state;
      if (state === "ended") document.dispatchEvent(new Event("session-ended"));
    }

    get number() {
      return conversation.findConversation()?.dataset.number ?? "";
    }

    async catchUp() {
      await Promise.all([
        conversation.catchUp(),
        viewCounts.reload(`${this.dataset.countsUrl}?people`),
        this.reloadRows(),
      ]);
      this.update();
    }

    async reloadRows() {
      const requestedAt = performance.now();
      const { version } = findList().dataset;
      const url = `${this.dataset.rowsUrl}?${listQuery()}&version=${version}`;
      mergeRows(await requestText(url), requestedAt);
    }

    // Only the server knows which conversations mention this member.
    onNotifications() {
      if (findList()?.dataset.view === "mentions") this.reloadRows().catch(() => {});
    }

    apply(name, data) {
      if (name === "presence") showPresence(data);
      if (name === "reassigning") showReassigning(data);
      if (name === "owner") showOwner(data);
      if (name === "label") showLabel(data);
      if (name === "notice") showNotice(data);
      if (name === "row") this.applyRow(data);
      if (name === "append") conversation.append(data);
      if (name === "replace") conversation.replace(data);
      if (name === "remove") conversation.remove(data);
      if (name === "draft") markDraft(data);
      if (["typing", "viewing", "drafting"].includes(name)) showTogether(name, data);
      if (name === "row" || name === "presence") document.dispatchEvent(new Event("live-update"));
      showTitle();
    }

    applyRow(row) {
      mergeRow(row);
      if (row.assignee === document.body.dataset.me)
        import("../lib/alerts.js").then(({ alertForRow }) => alertForRow(row));
      followRow(row);
      conversation.applyState(row);
      viewCounts.adjust(row.previous, row);
      viewCounts.reloadSoon(this.dataset.countsUrl);
    }

    // The response with a list may be older than a live update, which went to the list before. And
    // a ticket covers one conversation, so a different one needs a new stream.
    onSwap(ctx) {
      this.update();
      const list = findList();
      if (list && list !== this.list && hasChangedSince(ctx?.requestedAt))
        this.reloadRows().catch(() => {});
      this.list = list;
      if (this.number === this.streamedNumber) return;
      this.streamedNumber = this.number;
      this.stream.restart();
    }

    update() {
      if (findList()) showCurrent();
      showTitle();
    }
  },
);

/** Show the contact's owner: in a select for members who may change it, else as a name. */
function showOwner({ contact, owner, name }) {
  for (const element of document.querySelectorAll(`[data-contact="${CSS.escape(contact)}"]`)) {
    if (!element.matches("select")) element.textContent = name || element.dataset.noOwner;
    else {
      // The owner may have joined after this page was opened.
      if (![...element.options].some((option) => option.value === owner))
        element.add(new Option(name, owner));
      element.value = owner;
    }
  }
}

/** Set the title: "(2) Jonas Okafor · Acme" if 2 conversations in the list wait for a reply. */
function showTitle() {
  const name = document.getElementById("conversation-title")?.textContent.trim();
  const listName = document.getElementById("listing")?.dataset.title.trim();
  const waiting = document.querySelectorAll(
    '#conversation-list > .row[data-waiting][data-status="open"]',
  ).length;
  const title = `${waiting ? `(${waiting}) ` : ""}${name || listName} · ${workspace}`;
  if (document.title !== title) document.title = title;
}
