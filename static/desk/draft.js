// A message that is being written. Until it is acknowledged it survives switching, reloading and
// failures.
import { newClientId } from "../lib/message-input.js";

export class Draft {
  constructor(name) {
    // The key names the member: the next one who signs in here must not find the draft.
    this.key = `draft:${document.body.dataset.me}:${name}`;
    const stored = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    this.body = stored.body ?? "";
    this.clientId = stored.clientId ?? newClientId();
  }

  save(body) {
    this.body = body;
    if (body) sessionStorage.setItem(this.key, JSON.stringify({ body, clientId: this.clientId }));
    else sessionStorage.removeItem(this.key);
  }

  /** Make the next text a different message. */
  renewId() {
    this.clientId = newClientId();
  }
}
