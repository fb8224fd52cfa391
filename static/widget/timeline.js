// The timeline of the visitor's chat: merges entries, and shows days, times and marks.
import { removePending } from "./composer.js";
import { request } from "./connections.js";
import { isWatched, shareSeen } from "./unread.js";

const NEAR_END = 48; // pixels
const [talk, list, newer] = ["talk", "timeline", "newer"].map((id) => document.getElementById(id));
const mark = document.createElement("span");
const { lang } = document.documentElement;
export const locale =
  navigator.languages.find((each) => each.slice(0, 2) === lang.slice(0, 2)) ?? lang;
let isAtEnd = true;
let lastTop = 0;
let seenSeq = 0; // the last reply that was on the screen
let teamSeq = 0; // the last entry that the team has seen
let emailedSeq = 0; // the last one that the team has got by email

/** Return the elements of this markup, with the colours of their faces. */
export function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const { style, dataset } of template.content.querySelectorAll(".face"))
    style.setProperty("--hue", 20 + 30 * dataset.hue);
  return [...template.content.children];
}

/** Merge entries into the timeline. Returns the number of new replies. */
export function mergeEntries(html) {
  const wasAtEnd = isAtEnd;
  let replies = 0;
  for (const entry of parseHtml(html))
    replies += mergeEntry(entry) && entry.dataset.kind === "reply";
  showDays();
  if (wasAtEnd) scrollToEnd();
  else if (replies) newer.hidden = false;
  reportSeen();
  return replies;
}

/** Report the last reply that the visitor has seen; replies that were seen aren't emailed. */
export function reportSeen() {
  const seq = findReplies().at(-1)?.dataset.seq;
  if (!isWatched() || !isAtEnd || !(seq > seenSeq)) return;
  seenSeq = Number(seq);
  shareSeen();
  request("read/", { seq: seenSeq }).catch(() => (seenSeq = 0));
}

/** Insert an entry by its number, or replace the one with its id. Returns whether it is new. */
function mergeEntry(entry) {
  const { id, dataset, outerHTML: source } = entry;
  const known = document.getElementById(id);
  if (known?.source === source || known?.dataset.revision > (dataset.revision ?? 0)) return false;
  entry.source = source;
  showTime(entry);
  if (entry.querySelector(".file"))
    import("./files.js").then(
      ({ showFiles }) => showFiles(entry),
      () => {},
    );
  removePending(dataset.clientId);
  const next = [...list.children].find((other) => Number(other.dataset.seq) > Number(dataset.seq));
  if (known) known.replaceWith(entry);
  else list.insertBefore(entry, next ?? null);
  return !known;
}

function scrollToEnd() {
  talk.scrollTop = talk.scrollHeight;
  newer.hidden = true;
}

newer.onclick = scrollToEnd;
talk.onscroll = () => {
  const { scrollTop, scrollHeight, clientHeight } = talk;
  isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END || (isAtEnd && scrollTop >= lastTop);
  lastTop = scrollTop;
  if (isAtEnd) newer.hidden = true;
  reportSeen();
};
// A visitor at the end stays there when a keyboard or a card takes room.
const sizes = new ResizeObserver(() => isAtEnd && scrollToEnd());
for (const part of [talk, ...talk.children]) sizes.observe(part);

export function showTime(entry) {
  const time = entry.querySelector("time");
  entry.at = new Date(time.dateTime);
  time.textContent = entry.at.toLocaleString(locale, { timeStyle: "short" });
  time.title = entry.at.toLocaleString(locale, { dateStyle: "full", timeStyle: "medium" });
}

// Each day is named at its first entry; today only if another day comes before it.
function showDays() {
  const names = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const today = new Date().setHours(0, 0, 0, 0);
  let previousDay = today;
  for (const { at, dataset } of list.children) {
    const day = new Date(at).setHours(0, 0, 0, 0);
    const daysAgo = Math.round((today - day) / 86_400_000);
    const name =
      daysAgo < 2
        ? names.format(-daysAgo, "day")
        : at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "long" });
    if (day === previousDay) delete dataset.day;
    else dataset.day = name[0].toUpperCase() + name.slice(1);
    previousDay = day;
  }
}

/** Mark the visitor's last message as sent, emailed to the team, or seen by someone on it. */
export function showMark(seen = 0, emailed = 0) {
  teamSeq = Math.max(teamSeq, seen);
  emailedSeq = Math.max(emailedSeq, emailed);
  const own = [...list.querySelectorAll("[data-kind=contact]")].at(-1);
  if (!own) return;
  const { seq } = own.dataset;
  const text = `· ${list.dataset[seq <= teamSeq ? "seen" : seq <= emailedSeq ? "emailed" : "sent"]}`;
  if (mark.textContent !== text) mark.textContent = text;
  if (mark.parentNode?.parentNode !== own) own.querySelector(".by").append(mark);
}

/** Return the entries that the team wrote. */
export const findReplies = () => [...list.querySelectorAll("[data-kind=reply]")];

export const removeEntry = (id) => list.querySelector(`#${id}`)?.remove();

export function clearTimeline() {
  list.replaceChildren();
  seenSeq = teamSeq = emailedSeq = 0;
}
