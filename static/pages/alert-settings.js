import { alertNow } from "../lib/alerts.js";

// <alert-settings data-title data-body>: what this browser does when a chat needs me and no page is in
// front. Kept in the browser: another device has its own choice. Sound is on until it is turned off.
customElements.define(
  "alert-settings",
  class extends HTMLElement {
    connectedCallback() {
      for (const box of this.querySelectorAll("input")) {
        box.checked = this.isOn(box.name);
        box.onchange = () => this.turn(box);
      }
      this.querySelector("button").onclick = () => alertNow(this.dataset);
      this.explain();
    }

    isOn(name) {
      const isChosen = localStorage.getItem(`messagehub-${name}`) !== "off";
      return isChosen && (name !== "notifications" || this.permission === "granted");
    }

    get permission() {
      return window.Notification?.permission ?? "denied";
    }

    async turn(box) {
      localStorage.setItem(`messagehub-${box.name}`, box.checked ? "on" : "off");
      if (box.checked && box.name === "notifications" && this.permission === "default") {
        box.disabled = true;
        await Notification.requestPermission();
        box.disabled = false;
      }
      box.checked = this.isOn(box.name);
      this.explain();
    }

    /** Only the browser's own settings can undo what was blocked there. */
    explain() {
      this.querySelector("[data-blocked]").hidden = this.permission !== "denied";
    }
  },
);
