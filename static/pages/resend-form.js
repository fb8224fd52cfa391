// <resend-form data-page><form>: sends the form that a signed-out page could not save.
// Signing in has made its CSRF token invalid. A page that only members see has the new one.
customElements.define(
  "resend-form",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.problem = this.querySelector("[role=alert]");
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.send().catch(() => this.showProblem("failed"));
      });
    }

    async send() {
      this.showProblem();
      const page = new DOMParser().parseFromString(
        await (await fetch(this.dataset.page)).text(),
        "text/html",
      );
      const token = page.querySelector("form[action*='/sign-out/'] [name=csrfmiddlewaretoken]");
      if (!token) return this.showProblem("notYet");
      this.form.querySelector("[name=csrfmiddlewaretoken]").value = token.value;
      HTMLFormElement.prototype.submit.call(this.form); // a field may be called "submit"
    }

    showProblem(name) {
      this.problem.textContent = this.problem.dataset[name] ?? "";
    }
  },
);
