import { post } from "../lib/requests.js";
import { say } from "../lib/toast.js";

// <toggle-switch data-on data-off><form><button role="switch">: shows at once what one click makes of it;
// goes back, and says so, when the server does not agree. What it answers goes on as "turned".
const PATIENCE = 12_000;

customElements.define(
  "toggle-switch",
  class extends HTMLElement {
    connectedCallback() {
      this.button = this.querySelector('[role="switch"]');
      this.last = Promise.resolve();
      this.pending = 0;
      this.addEventListener("submit", (event) => {
        event.preventDefault();
        this.turn(!this.isOn);
      });
    }

    get isOn() {
      return this.button.ariaChecked === "true";
    }

    show(on) {
      this.button.ariaChecked = String(on);
    }

    /** One after the other: of two quick clicks the second is what counts. */
    turn(on) {
      if (!this.pending++) this.stored = !on;
      this.show(on);
      this.wanted = on;
      this.last = this.last.then(() => this.store(on));
    }

    async store(on) {
      try {
        const answer = await this.send(on ? this.dataset.on : this.dataset.off);
        this.stored = on;
        this.dispatchEvent(new CustomEvent("turned", { bubbles: true, detail: await answer.json() }));
        this.show(this.wanted);
      } catch (error) {
        this.wanted = this.stored;
        this.show(this.stored);
        say(document.getElementById("toast").dataset[error.status ? "failed" : "offline"]);
      }
      this.pending--;
    }

    send(url) {
      const signal = AbortSignal.timeout(PATIENCE);
      return post(url, {}, { signal, headers: { Accept: "application/json" } });
    }
  },
);
