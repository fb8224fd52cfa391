// <toggle-switch data-on data-off><form><button role="switch">: posts to the URL for on or off. It
// changes at once, and changes back if the server refuses. The server's response goes on as the
// event "toggled".
import { post } from "../lib/requests.js";
import { showFailure } from "../lib/toast.js";

const TIMEOUT = 12_000; // milliseconds

customElements.define(
  "toggle-switch",
  class extends HTMLElement {
    connectedCallback() {
      this.button = this.querySelector('[role="switch"]');
      this.queue = Promise.resolve();
      this.pending = 0;
      this.addEventListener("submit", (event) => {
        event.preventDefault();
        this.toggle(!this.isOn);
      });
    }

    get isOn() {
      return this.button.ariaChecked === "true";
    }

    show(isOn) {
      this.button.ariaChecked = String(isOn);
    }

    /** Requests go one after the other, so that the last of several quick clicks counts. */
    toggle(isOn) {
      if (!this.pending++) this.stored = !isOn;
      this.show(isOn);
      this.wanted = isOn;
      this.queue = this.queue.then(() => this.store(isOn));
    }

    async store(isOn) {
      try {
        const response = await this.send(isOn ? this.dataset.on : this.dataset.off);
        this.stored = isOn;
        this.dispatchEvent(
          new CustomEvent("toggled", { bubbles: true, detail: await response.json() }),
        );
        this.show(this.wanted);
      } catch (error) {
        this.wanted = this.stored;
        this.show(this.stored);
        showFailure(error.status ? "failed" : "offline");
      }
      this.pending--;
    }

    send(url) {
      const signal = AbortSignal.timeout(TIMEOUT);
      return post(url, {}, { signal, headers: { Accept: "application/json" } });
    }
  },
);
