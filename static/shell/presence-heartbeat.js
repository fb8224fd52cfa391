import { post, token } from "../lib/requests.js";

// <presence-heartbeat data-url data-leave-url>: this page is open, every 30 s; and gone when it goes.
// The name is this page's own: a duplicated tab would share one that is kept for the session.
const BEAT = 30_000;
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-");

customElements.define(
  "presence-heartbeat",
  class extends HTMLElement {
    connectedCallback() {
      this.beat();
      // By the clock on the wall: the timers of a sleeping laptop stand still.
      this.clock = setInterval(() => Date.now() > this.due && this.beat(), BEAT / 10);
      addEventListener("online", () => this.beat());
      addEventListener("pagehide", () => this.leave());
      addEventListener("pageshow", (event) => event.persisted && this.beat());
    }

    disconnectedCallback() {
      clearInterval(this.clock);
    }

    // What fails, but for a refusal, is tried again soon, spread: after 75 s no chats come.
    beat() {
      this.due = Date.now() + BEAT;
      post(this.dataset.url, { tab }).catch(({ status }) => {
        if (status === 404) document.dispatchEvent(new Event("session-ended")); // no longer a member
        if (!(status < 500)) this.due = Date.now() + (Math.random() * BEAT) / 3;
      });
    }

    leave() {
      const body = new URLSearchParams({ tab, csrfmiddlewaretoken: token() });
      navigator.sendBeacon(this.dataset.leaveUrl, body);
    }
  },
);
