import "./repeatable-rows.js";

// <hours-table>: the hours of a week, a <repeatable-rows data-day> each; [data-preset] buttons fill it in.
const OFFICE = [["09:00", "17:00"]];
const WORKING_DAYS = [0, 1, 2, 3, 4];

customElements.define(
  "hours-table",
  class extends HTMLElement {
    connectedCallback() {
      this.days = [...this.querySelectorAll("repeatable-rows[data-day]")];
      this.addEventListener("input", () => this.sayEnds());
      for (const button of this.querySelectorAll("[data-preset]")) {
        button.addEventListener("click", () => this[button.dataset.preset]());
      }
      this.sayEnds();
    }

    office() {
      this.days.forEach((day, number) => (day.values = WORKING_DAYS.includes(number) ? OFFICE : []));
    }

    copy() {
      const [monday, ...others] = WORKING_DAYS;
      const { values } = this.days[monday];
      for (const number of others) this.days[number].values = values;
    }

    clear() {
      for (const day of this.days) day.values = [];
    }

    /** What two times do not say at a glance: that the end is on the next day, or a whole day. */
    sayEnds() {
      for (const row of this.querySelectorAll("[data-row]")) {
        const [start, until] = [...row.querySelectorAll("input")].map((field) => field.value);
        row.dataset.ends = ends(start, until);
      }
    }
  },
);

function ends(start, until) {
  if (start === "00:00" && until === "00:00") return "all-day";
  return start && until && until !== "00:00" && until <= start ? "next-day" : "";
}
