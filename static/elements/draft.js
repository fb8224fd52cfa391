// What is written and not yet acknowledged: it survives switching, reloading and a failed request.
export class Draft {
  constructor(name) {
    // The next person who signs in here does not find it.
    this.key = `draft:${document.body.dataset.me}:${name}`;
    const stored = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    this.body = stored.body ?? "";
    this.clientId = stored.clientId ?? newId();
  }

  write(body) {
    this.body = body;
    const text = JSON.stringify({ body, clientId: this.clientId });
    if (body) sessionStorage.setItem(this.key, text);
    else sessionStorage.removeItem(this.key);
  }

  /** The next text is another message. */
  renew() {
    this.clientId = newId();
  }
}

// crypto.randomUUID is missing on plain http.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}
