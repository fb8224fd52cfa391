// <hours-table>: the hours of a week, one <repeatable-rows data-day> a day, with [data-preset]
// buttons.
import "./repeatable-rows.js";

const OFFICE_HOURS = [["09:00", "17:00"]];
const WORKING_DAYS = [0, 1, 2, 3, 4]; // Monday is 0

customElements.define(
  "hours-table",
  class extends HTMLElement {
    connectedCallback() {
      this.days = [...this.querySelectorAll("repeatable-rows[data-day]")];
      this.addEventListener("input", () => this.markEnds());
      const presets = { office: this.fillOfficeHours, copy: this.copyMonday, clear: this.clear };
      for (const button of this.querySelectorAll("[data-preset]")) {
        button.addEventListener("click", () => presets[button.dataset.preset].call(this));
      }
      this.markEnds();
    }

    fillOfficeHours() {
      this.days.forEach(
        (day, number) => (day.values = WORKING_DAYS.includes(number) ? OFFICE_HOURS : []),
      );
    }

    copyMonday() {
      const [monday, ...others] = WORKING_DAYS;
      const { values } = this.days[monday];
      for (const number of others) this.days[number].values = values;
    }

    clear() {
      for (const day of this.days) day.values = [];
    }

    markEnds() {
      for (const row of this.querySelectorAll("[data-row]")) {
        const [start, end] = [...row.querySelectorAll("input")].map((field) => field.value);
        row.dataset.ends = describeEnd(start, end);
      }
    }
  },
);

/** Return what isn't obvious from two times: "all-day", or "next-day" for an end after midnight. */
export function describeEnd(start, end) {
  if (start === "00:00" && end === "00:00") return "all-day";
  return start && end && end !== "00:00" && end <= start ? "next-day" : "";
}
