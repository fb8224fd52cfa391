// What the visitor sees of the server: history, live answers, who is there, the email card.
import { ask, hasToken, news, page, reach, tell } from "./connections.js";
import { beginWriting, focusComposer, sendNow, settle } from "./composer.js";

const [log, talk, list, newer, after] = ["log", "talk", "timeline", "newer", "after"].map((id) => document.getElementById(id));
const { lang } = document.documentElement;
const locale = navigator.languages.find((own) => own.slice(0, 2) === lang.slice(0, 2)) ?? lang;
let last = 0; // moved by catch-ups only: a stream or an answer may leave gaps
let token, retry, live, unread = 0;
let isAtEnd = true, lastTop = 0;
let rest, seen = 0; // the last reply that was on the screen
let typed = ""; // outlives the card

async function catchUp() {
  await hasToken();
  const answer = await ask(`messages/?after=${last}`);
  take(answer);
  last = Math.max(last, answer.last_seq);
  log.ariaBusy = "false";
}

function take({ html, state_html, live: hasContact }) {
  const isHistory = log.ariaBusy === "true";
  const replies = addEntries(html);
  if (!isHistory) count(replies);
  showState(state_html);
  if (hasContact) goLive();
}

function count(replies) {
  if (page.isShown || !replies) return;
  unread += replies;
  tell("unread", { count: unread, label: document.body.dataset.news.replace("{n}", unread) });
}

// Loaded with the first message: before that there is nothing to hear.
async function goLive() {
  const code = await import("../live/stream.js").catch(() => {});
  if (!code) return (retry = setTimeout(load, 5000));
  live ??= new code.LiveStream(streaming);
  live.start();
}

const streaming = {
  group: () => `${document.body.dataset.key} ${page.token}`,
  catchUp,
  ticket: (stop) => ask("ticket/", {}, stop),
  onEvent(name, { id, html }) {
    if (name === "remove") list.querySelector(`#${id}`)?.remove();
    else if (id === "state") showState(html);
    else if (html) count(addEntries(html));
  },
  onState(state) {
    if (state === "live") sendNow();
    if (state === "ended") setTimeout(load, 5000);
  },
};

async function load(pause = 1000) {
  clearTimeout(retry);
  const isDone = await catchUp().then(() => true, () => false);
  if (!isDone) retry = setTimeout(load, pause * (0.75 + Math.random() / 2), Math.min(30_000, 2 * pause));
  sendNow();
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const { style, dataset } of template.content.querySelectorAll(".face")) style.setProperty("--hue", 20 + 30 * dataset.hue);
  return template.content;
}

// Gives the number of new replies.
function addEntries(html) {
  const stays = isAtEnd;
  let replies = 0;
  for (const entry of [...parse(html).children]) replies += place(entry) && entry.dataset.kind === "reply";
  nameDays();
  if (stays) toEnd();
  else if (replies) newer.hidden = false;
  look();
  return replies;
}

// What was seen is not mailed.
function look() {
  const seq = [...list.querySelectorAll("[data-kind=reply]")].at(-1)?.dataset.seq;
  if (!page.isShown || document.hidden || !isAtEnd || !(seq > seen)) return;
  seen = +seq;
  ask("reading/", { seq: seen }).catch(() => (seen = 0));
}
// A hidden page lets its stream go after a while; what came meanwhile is asked for when it is seen.
document.onvisibilitychange = () => {
  look();
  clearTimeout(rest);
  if (document.hidden) rest = setTimeout(() => live?.stop(), 2 * 60_000);
  else if (live && !live.isOn) load();
};

function place(entry) {
  const { id, dataset, outerHTML: source } = entry;
  const same = document.getElementById(id);
  if (same?.source === source) return false;
  entry.source = source;
  showTime(entry);
  settle(dataset.clientId);
  const next = [...list.children].find((other) => +other.dataset.seq > +dataset.seq);
  if (same) same.replaceWith(entry);
  else list.insertBefore(entry, next ?? null);
  return !same;
}

function toEnd() {
  talk.scrollTop = talk.scrollHeight;
  newer.hidden = true;
}

newer.onclick = toEnd;
talk.onscroll = () => {
  const { scrollTop, scrollHeight, clientHeight } = talk;
  isAtEnd = scrollHeight - scrollTop - clientHeight < 48 || (isAtEnd && scrollTop >= lastTop);
  lastTop = scrollTop;
  if (isAtEnd) newer.hidden = true;
  look();
};
// Who was at the end stays there when a keyboard or a card takes room.
const sizes = new ResizeObserver(() => isAtEnd && toEnd());
for (const part of [talk, ...talk.children]) sizes.observe(part);

function showTime(entry) {
  const time = entry.querySelector("time");
  entry.at = new Date(time.dateTime);
  time.textContent = entry.at.toLocaleString(locale, { timeStyle: "short" });
  time.title = entry.at.toLocaleString(locale, { dateStyle: "full", timeStyle: "medium" });
}

// Today needs its name only after another day.
function nameDays() {
  const names = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const today = new Date().setHours(0, 0, 0, 0);
  let last = today;
  for (const { at, dataset } of list.children) {
    const day = new Date(at).setHours(0, 0, 0, 0);
    const ago = Math.round((today - day) / 86_400_000);
    const name = ago < 2 ? names.format(-ago, "day") : at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "long" });
    if (day === last) delete dataset.day;
    else dataset.day = name[0].toUpperCase() + name.slice(1);
    last = day;
  }
}

function showState(html, isAnswer) {
  const state = parse(html).querySelector("#state");
  const shown = document.getElementById("state");
  if (!isAnswer && shown.source === html) return;
  state.source = html;
  const card = state.querySelector(".card");
  card?.remove();
  shown.replaceWith(state);
  // The card isn't taken from under the visitor's hands.
  const form = after.querySelector("form");
  if (form && !isAnswer && (card?.matches("form") || form.contains(document.activeElement))) return;
  after.replaceChildren(card ?? "");
  if (typed) after.querySelector("input")?.setAttribute("value", typed);
}

after.addEventListener("input", ({ target }) => {
  typed = target.value;
  complain("");
});

after.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const [field, button] = form.elements;
  button.disabled = true;
  try {
    const { state_html } = await ask("email/", { email: field.value.trim() });
    typed = "";
    showState(state_html, form.isConnected); // the stream may have been quicker
    focusComposer();
  } catch ({ status, words }) {
    complain((status < 500 && words) || form.dataset.failed);
    field.focus();
  }
  button.disabled = false;
});

function complain(words) {
  after.querySelector("[role=alert]").textContent = words;
  after.querySelector("input").setAttribute("aria-invalid", !!words);
}

news.addEventListener("token", () => {
  const isFirst = !token;
  // Another token is another visitor.
  if (token && token !== page.token) {
    live?.stop();
    list.replaceChildren();
    last = seen = 0;
  }
  token = page.token;
  load();
  if (isFirst) beginWriting(take);
});
news.addEventListener("shown", () => {
  unread = 0;
  look();
  focusComposer();
  sendNow();
  if (!live?.isOn) load();
});
addEventListener("online", () => load());
onkeydown = (event) => {
  if (event.key === "Escape" && !event.isComposing) tell("close");
};
document.getElementById("close").onclick = () => tell("close");

setTimeout(() => log.ariaBusy === "true" && reach(false), 2500);
tell("ready");
