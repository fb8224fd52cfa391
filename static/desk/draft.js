import { newClientId } from "../lib/message-input.js";

// What is written and not yet acknowledged: it survives switching, reloading and a failed request.
export class Draft {
  constructor(name) {
    // The next person who signs in here does not find it.
    this.key = `draft:${document.body.dataset.me}:${name}`;
    const stored = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    this.body = stored.body ?? "";
    this.clientId = stored.clientId ?? newClientId();
  }

  write(body) {
    this.body = body;
    const text = JSON.stringify({ body, clientId: this.clientId });
    if (body) sessionStorage.setItem(this.key, text);
    else sessionStorage.removeItem(this.key);
  }

  /** The next text is another message. */
  renew() {
    this.clientId = newClientId();
  }
}
