import { memberStream } from "../live/member-stream.js";
import { parse } from "../desk/merge-entries.js";
import { ask } from "../lib/requests.js";
import { tell } from "../lib/toast.js";

// <live-panel data-url data-ticket-url form="id">: asks anew for what is in it when somebody's presence or chats
// change, when the form changes (with its values: what would be if it were saved), and now and then. Its
// [data-announce] is read out, in the status after it, when that is another one. [data-stale]: it could not be asked.
const PAUSE = 300, OFTEN = 30_000;
const NEWS = new Set(["presence", "row"]);

customElements.define(
  "live-panel",
  class extends HTMLElement {
    connectedCallback() {
      this.form = document.getElementById(this.getAttribute("form"));
      for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.soon());
      this.clock = setInterval(() => this.soon(), OFTEN);
      if (this.dataset.ticketUrl) this.listen();
      else this.soon(); // a form that the browser filled in again
    }

    disconnectedCallback() {
      clearInterval(this.clock);
      this.stream?.stop();
    }

    listen() {
      this.stream = memberStream({
        ticketUrl: this.dataset.ticketUrl,
        catchUp: () => this.refresh(),
        onEvent: (name, data) => {
          if (name === "notice") tell(data);
          if (NEWS.has(name)) this.soon();
        },
        onState: (state) => (this.dataset.connection = state),
      });
      this.stream.start();
    }

    get said() {
      return this.querySelector("[data-announce]").textContent;
    }

    /** Many at once are one. */
    soon() {
      this.later ??= setTimeout(() => this.refresh().catch(() => (this.dataset.old = "")), PAUSE);
    }

    async refresh() {
      clearTimeout(this.later);
      this.later = undefined;
      const asked = (this.asked = {});
      const values = new URLSearchParams(new FormData(this.form));
      for (const name of ["csrfmiddlewaretoken", "shown"]) values.delete(name);
      const html = await (await ask(`${this.dataset.url}?${values}`)).text();
      delete this.dataset.old;
      // A later question has a later answer; what is the same stays as it is, under the reader's hands.
      if (asked !== this.asked || html === this.shown) return;
      this.shown = html;
      const { said } = this;
      this.replaceChildren(...parse(html));
      if (this.said !== said) this.nextElementSibling.textContent = this.said;
    }
  },
);
