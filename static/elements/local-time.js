import { locale } from "../lib/time-format.js";

// <local-time data-kind="time|list|full|until"><time datetime="…">: in the reader's time zone and habit.
const format = (options) => new Intl.DateTimeFormat(locale, options);
const TIME = format({ timeStyle: "short" });
const WEEKDAY = format({ weekday: "short" });
const DATE = format({ day: "numeric", month: "short" });
const YEAR = format({ day: "numeric", month: "short", year: "numeric" });
const FULL = format({ dateStyle: "full", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const DAY = 86_400_000;

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
export const daysAgo = (date, now = new Date()) => Math.round((midnight(now) - midnight(date)) / DAY);

export function dayName(date) {
  const days = daysAgo(date);
  if (days < 2) return capital(RELATIVE.format(-days, "day"));
  return (days < 300 ? format({ weekday: "long", day: "numeric", month: "long" }) : YEAR).format(date);
}

const capital = (text) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

const kinds = {
  time: (date) => TIME.format(date),
  full: (date) => `${(daysAgo(date) < 300 ? DATE : YEAR).format(date)}, ${TIME.format(date)}`,
  list(date) {
    const days = daysAgo(date);
    if (days < 1) return TIME.format(date);
    return (days < 7 ? WEEKDAY : days < 300 ? DATE : YEAR).format(date);
  },
  until(date) {
    const days = -daysAgo(date);
    if (days === 0) return TIME.format(date);
    return days > 0 && days < 7 ? `${WEEKDAY.format(date)} ${TIME.format(date)}` : kinds.full(date);
  },
};

customElements.define(
  "local-time",
  class extends HTMLElement {
    connectedCallback() {
      this.show();
    }

    /** moment: another one than it was. */
    show(moment) {
      const time = this.firstElementChild;
      if (moment) time.dateTime = moment;
      const date = new Date(time?.dateTime);
      if (isNaN(date)) return;
      time.textContent = kinds[this.dataset.kind](date);
      time.title = FULL.format(date);
    }
  },
);
