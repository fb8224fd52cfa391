// <presence-heartbeat data-url data-leave-url>: tells the server every 30 s that this page is open,
// and when it closes.
import { csrfToken, post } from "../lib/requests.js";

const INTERVAL = 30_000; // milliseconds
// Each page has an id of its own. One kept in the session would be shared by a duplicated tab.
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-");

customElements.define(
  "presence-heartbeat",
  class extends HTMLElement {
    connectedCallback() {
      this.send();
      // Compare with the clock, because the timers of a sleeping laptop stop.
      this.timer = setInterval(() => Date.now() > this.dueAt && this.send(), INTERVAL / 10);
      addEventListener("online", () => this.send());
      addEventListener("pagehide", () => this.leave());
      addEventListener("pageshow", (event) => event.persisted && this.send());
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    // The server counts a member as offline after 75 s, so a failure is retried soon. Retries are
    // spread, and a refusal is not retried.
    send() {
      this.dueAt = Date.now() + INTERVAL;
      post(this.dataset.url, { tab }).catch(({ status }) => {
        // 404: this person is no longer a member.
        if (status === 404) document.dispatchEvent(new Event("session-ended"));
        if (!(status < 500)) this.dueAt = Date.now() + (Math.random() * INTERVAL) / 3;
      });
    }

    leave() {
      const body = new URLSearchParams({ tab, csrfmiddlewaretoken: csrfToken() });
      navigator.sendBeacon(this.dataset.leaveUrl, body);
    }
  },
);
