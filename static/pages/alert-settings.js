// <alert-settings data-title data-body>: what this browser does when a conversation needs the
// member. Kept in the browser, so each device has its own settings. All are on until they are
// turned off.
import { alertNow, isEnabled } from "../lib/alerts.js";

customElements.define(
  "alert-settings",
  class extends HTMLElement {
    connectedCallback() {
      for (const checkbox of this.querySelectorAll("input")) {
        checkbox.checked = this.isOn(checkbox.name);
        checkbox.onchange = () => this.save(checkbox);
      }
      this.querySelector("button").onclick = () => alertNow(this.dataset);
      this.showBlocked();
    }

    isOn(name) {
      return isEnabled(name) && (name !== "notifications" || this.permission === "granted");
    }

    get permission() {
      return window.Notification?.permission ?? "denied";
    }

    async save(checkbox) {
      localStorage.setItem(`messagehub-${checkbox.name}`, checkbox.checked ? "on" : "off");
      if (checkbox.checked && checkbox.name === "notifications" && this.permission === "default") {
        checkbox.disabled = true;
        await Notification.requestPermission();
        checkbox.disabled = false;
      }
      checkbox.checked = this.isOn(checkbox.name);
      this.showBlocked();
    }

    /** Explain a block, because it can be undone only in the browser's own settings. */
    showBlocked() {
      this.querySelector("[data-blocked]").hidden = this.permission !== "denied";
    }
  },
);
