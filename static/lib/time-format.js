// Format times and durations the way the reader is used to.

// The page's language in the reader's variety: British dates for a British reader of English.
const pageLanguage = document.documentElement.lang || "en";
const locale =
  navigator.languages.find((each) => each.split("-")[0] === pageLanguage.split("-")[0]) ??
  pageLanguage;

const dateFormat = (options) => new Intl.DateTimeFormat(locale, options);
const TIME = dateFormat({ timeStyle: "short" });
const WEEKDAY = dateFormat({ weekday: "short" });
const DATE = dateFormat({ day: "numeric", month: "short" });
const DATE_WITH_YEAR = dateFormat({ day: "numeric", month: "short", year: "numeric" });
const FULL = dateFormat({ dateStyle: "full", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const DAY = 86_400_000; // milliseconds
const DAYS_WITHOUT_YEAR = 300; // an older date would be ambiguous without its year
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** Return the number of midnights since the date; negative for a day to come. */
export const daysAgo = (date, now = new Date()) =>
  Math.round((midnight(now) - midnight(date)) / DAY);

export function formatDay(date) {
  const days = daysAgo(date);
  if (days < 2) return capitalize(RELATIVE.format(-days, "day"));
  const format =
    days < DAYS_WITHOUT_YEAR
      ? dateFormat({ weekday: "long", day: "numeric", month: "long" })
      : DATE_WITH_YEAR;
  return format.format(date);
}

const capitalize = (text) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

export const formatFull = (date) => FULL.format(date);

export const formatTime = {
  time: (date) => TIME.format(date),
  full: (date) =>
    `${(daysAgo(date) < DAYS_WITHOUT_YEAR ? DATE : DATE_WITH_YEAR).format(date)}, ${TIME.format(date)}`,
  list(date) {
    const days = daysAgo(date);
    if (days < 1) return TIME.format(date);
    return (days < 7 ? WEEKDAY : days < DAYS_WITHOUT_YEAR ? DATE : DATE_WITH_YEAR).format(date);
  },
  until(date) {
    const days = -daysAgo(date);
    if (days === 0) return TIME.format(date);
    return days > 0 && days < 7
      ? `${WEEKDAY.format(date)} ${TIME.format(date)}`
      : formatTime.full(date);
  },
};

const formatUnit = (count, unit, unitDisplay = "short") =>
  new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay }).format(count);

/** Format how long something lasts so far, in its largest unit. */
export function formatDuration(seconds) {
  const [unit, unitSeconds] = UNITS.find(([, length]) => seconds >= length) ?? UNITS.at(-1);
  return formatUnit(Math.max(1, Math.floor(seconds / unitSeconds)), unit);
}

/** Format the time until a deadline: minutes, and below one minute steps of five seconds. */
export function formatTimeLeft(milliseconds, unitDisplay) {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds > 90) return formatUnit(Math.round(seconds / 60), "minute", unitDisplay);
  if (seconds > 55) return formatUnit(1, "minute", unitDisplay);
  return formatUnit(Math.ceil(seconds / 5) * 5, "second", unitDisplay);
}
