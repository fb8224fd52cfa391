import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { describeEnd } from "../../static/elements/hours-table.js";
import { parseInterval } from "../../static/elements/response-due.js";
import {
  daysAgo,
  formatDay,
  formatDuration,
  formatTime,
  formatTimeLeft,
} from "../../static/lib/time-format.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// A Wednesday. The tests run in the time zone of Berlin.
beforeEach(() =>
  mock.timers.enable({ apis: ["Date"], now: new Date("2026-03-18T10:00:00+01:00") }),
);
afterEach(() => mock.timers.reset());

test("days are counted in midnights", () => {
  assert.equal(daysAgo(new Date("2026-03-18T00:00:00+01:00")), 0);
  assert.equal(daysAgo(new Date("2026-03-17T23:59:00+01:00")), 1);
  assert.equal(daysAgo(new Date("2026-03-19T00:00:00+01:00")), -1);
});

test("days are counted right across a change of the clocks", () => {
  mock.timers.setTime(Date.parse("2026-03-30T00:30:00+02:00"));
  assert.equal(daysAgo(new Date("2026-03-28T23:30:00+01:00")), 2);
});

test("today and yesterday have names", () => {
  assert.equal(formatDay(new Date("2026-03-18T08:00:00+01:00")), "Today");
  assert.equal(formatDay(new Date("2026-03-17T08:00:00+01:00")), "Yesterday");
  assert.equal(formatDay(new Date("2026-03-09T08:00:00+01:00")), "Monday 9 March");
});

test("a day that was long ago has its year", () => {
  assert.equal(formatDay(new Date("2025-03-09T08:00:00+01:00")), "9 Mar 2025");
  assert.match(formatTime.full(new Date("2025-03-09T08:00:00+01:00")), /^9 Mar 2025, 08:00$/);
});

test("the list shows the time of today, the weekday of this week and else the date", () => {
  assert.equal(formatTime.list(new Date("2026-03-18T08:05:00+01:00")), "08:05");
  assert.equal(formatTime.list(new Date("2026-03-13T08:05:00+01:00")), "Fri");
  assert.equal(formatTime.list(new Date("2026-03-01T08:05:00+01:00")), "1 Mar");
});

test("a time to come names the weekday only within a week", () => {
  assert.equal(formatTime.until(new Date("2026-03-18T18:00:00+01:00")), "18:00");
  assert.equal(formatTime.until(new Date("2026-03-23T09:00:00+01:00")), "Mon 09:00");
  assert.equal(formatTime.until(new Date("2026-03-25T09:00:00+01:00")), "25 Mar, 09:00");
  assert.equal(formatTime.until(new Date("2026-03-16T09:00:00+01:00")), "16 Mar, 09:00");
});

test("a duration is shown in its largest unit", () => {
  assert.equal(formatDuration(5), "1 min");
  assert.equal(formatDuration(59 * MINUTE + 59), "59 mins");
  assert.equal(formatDuration(HOUR), "1 hr");
  assert.equal(formatDuration(3 * DAY + 5 * HOUR), "3 days");
});

test("the time left is shown in minutes and then in steps of five seconds", () => {
  assert.equal(formatTimeLeft(91_000), "2 mins");
  assert.equal(formatTimeLeft(90_000), "1 min");
  assert.equal(formatTimeLeft(56_000), "1 min");
  assert.equal(formatTimeLeft(51_000), "55 secs");
  assert.equal(formatTimeLeft(0), "5 secs");
  assert.equal(formatTimeLeft(180_000, "long"), "3 minutes");
});

test("a response timer warns after four fifths of its time", () => {
  const { dueAt, warnAt } = parseInterval("2026-03-18T09:00:00Z/2026-03-18T09:10:00Z");
  assert.equal(dueAt, Date.parse("2026-03-18T09:10:00Z"));
  assert.equal(warnAt, Date.parse("2026-03-18T09:08:00Z"));
});

test("a response timer can be off", () => {
  assert.equal(parseInterval(""), undefined);
  assert.equal(parseInterval(undefined), undefined);
});

test("office hours may end on the next day", () => {
  assert.equal(describeEnd("22:00", "06:00"), "next-day");
  assert.equal(describeEnd("09:00", "09:00"), "next-day");
  assert.equal(describeEnd("09:00", "00:00"), "");
  assert.equal(describeEnd("00:00", "00:00"), "all-day");
  assert.equal(describeEnd("09:00", ""), "");
});
