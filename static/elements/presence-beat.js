import { post, token } from "./post.js";

// <presence-beat data-url data-leave-url>: this page is open, every 30 s; and gone when it goes.
// The name is this page's own: a duplicated tab would share one that is kept for the session.
const BEAT = 30_000;
const tab = crypto.getRandomValues(new Uint32Array(4)).join("-").slice(0, 36);

customElements.define(
  "presence-beat",
  class extends HTMLElement {
    connectedCallback() {
      this.beat();
      this.clock = setInterval(() => this.beat(), BEAT);
      addEventListener("pagehide", () => this.leave());
      addEventListener("pageshow", (event) => event.persisted && this.beat());
    }

    disconnectedCallback() {
      clearInterval(this.clock);
    }

    // One that fails is tried once more soon: without it no chats come for half a minute.
    beat(again = true) {
      post(this.dataset.url, { tab }).catch(() => again && setTimeout(() => this.beat(false), 3_000));
    }

    leave() {
      const body = new URLSearchParams({ tab, csrfmiddlewaretoken: token() });
      navigator.sendBeacon(this.dataset.leaveUrl, body);
    }
  },
);
