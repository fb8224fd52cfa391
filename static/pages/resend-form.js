// <resend-form data-page><form>: what a signed-out page could not save. Signing in elsewhere has made
// the form's token an old one: a new one comes from a page that only those who are signed in see.
customElements.define(
  "resend-form",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.problem = this.querySelector("[role=alert]");
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.send().catch(() => this.say("failed"));
      });
    }

    async send() {
      this.say();
      const page = new DOMParser().parseFromString(await (await fetch(this.dataset.page)).text(), "text/html");
      const token = page.querySelector("form[action*='/signing-out/'] [name=csrfmiddlewaretoken]");
      if (!token) return this.say("notYet");
      this.form.querySelector("[name=csrfmiddlewaretoken]").value = token.value;
      HTMLFormElement.prototype.submit.call(this.form); // one of the fields may be called "submit"
    }

    say(what) {
      this.problem.textContent = this.problem.dataset[what] ?? "";
    }
  },
);
