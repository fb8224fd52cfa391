// A message that is being written. Until it is acknowledged it survives switching, reloading and
// failures: there is a copy in this tab, and one on the server for the member's other devices.
import { newClientId } from "../lib/message-input.js";
import { post } from "../lib/requests.js";

const PAUSE = 1_000; // milliseconds after typing
const RETRY = 10_000; // milliseconds
const TAB = "draft-tab";
const NAVIGATION = 10_000; // milliseconds that the next page may take

// The server may have made the next page before it stored a draft whose response still reaches
// this one. So a page that is being left keeps its copies.
let isBeingLeft = false;
addEventListener("beforeunload", () => {
  isBeingLeft = true;
  setTimeout(() => (isBeingLeft = false), NAVIGATION); // it may have been a download
});

export class Draft {
  /** stored: what the server has: { draftUrl, kind, clientId, version, other, body }. */
  constructor(name, { draftUrl, kind, clientId, version, other = "", body = "" } = {}) {
    Object.assign(this, { url: draftUrl, kind, other });
    // The key names the member: the next one who signs in here must not find the draft.
    this.key = `draft:${document.body.dataset.me}:${name}`;
    const local = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    // A draft that isn't saved yet is newer than the server's.
    const text = local.clientId ? local : { body, clientId, version };
    this.body = this.savedBody = text.body;
    this.clientId = text.clientId || newClientId();
    this.version = text.version ?? "";
    this.isSaved = text !== local;
    if (!this.isSaved) this.#pushSoon();
  }

  save(body) {
    if (body === this.body) return;
    this.body = body;
    this.isSaved = !body && !this.version;
    this.#keepLocally();
    this.#pushSoon();
  }

  #keepLocally() {
    const { body, clientId, version, isSaved } = this;
    if (isSaved) sessionStorage.removeItem(this.key);
    else sessionStorage.setItem(this.key, JSON.stringify({ body, clientId, version }));
  }

  #pushSoon(pause = PAUSE) {
    clearTimeout(this.timer);
    if (this.url && !this.isSaved) this.timer = setTimeout(() => this.push(), pause);
  }

  /** Save it on the server now. isLeaving: the page may be gone before there is a response. */
  async push({ isLeaving = false, dropsOther = false } = {}) {
    clearTimeout(this.timer);
    if (!this.url || (this.isSaved && !dropsOther)) return;
    const { body, clientId } = this;
    const fields = {
      kind: this.kind,
      body,
      client_id: clientId,
      version: this.version,
      tab: tab(),
    };
    if (dropsOther) fields.drops_other = "1";
    try {
      const response = await post(this.url, fields, { keepalive: isLeaving });
      this.#onKept(await response.json(), body, clientId);
    } catch ({ status }) {
      if (status === 404) this.onRefused?.("lost");
      else if (status === 409) this.onRefused?.("full");
      else if (status !== 400) this.#pushSoon(RETRY);
    }
  }

  #onKept(kept, body, clientId) {
    if (isBeingLeft) return;
    if (this.clientId !== clientId) return; // it was sent meanwhile
    this.version = kept.version;
    this.other = kept.other;
    this.isSaved = this.body === body;
    if (this.isSaved) this.savedBody = body;
    // The field was emptied here, but another device has continued.
    if (this.isSaved && kept.body) {
      this.body = this.savedBody = kept.body;
      this.clientId = kept.client_id;
    }
    this.#keepLocally();
    this.#pushSoon();
    this.onKept?.();
  }

  /** Make the next text a different message. */
  renewId() {
    clearTimeout(this.timer);
    this.clientId = newClientId();
    this.version = "";
    this.isSaved = !this.body;
    this.#keepLocally();
  }
}

function tab() {
  const id = sessionStorage.getItem(TAB) ?? newClientId();
  sessionStorage.setItem(TAB, id);
  return id;
}
