// The visitor's chat: its history, live updates, and the inbox's state with the cards below it.
import { askBefore, focusComposer, removePending, sendQueue, startComposer } from "./composer.js";
import { clearUnread, countUnread, expectReplies, isWatched, shareSeen } from "./unread.js";
import {
  callWebsiteScript,
  messages,
  page,
  postToPage,
  request,
  showConnection,
  waitForToken,
} from "./connections.js";

const NEAR_END = 48; // pixels
const RETRY = 5_000; // milliseconds
const LONGEST_PAUSE = 30_000; // milliseconds
const HIDDEN = 2 * 60_000; // milliseconds
const WIDTH = 372; // pixels, of the chat beside a page (loader.js)
const [log, talk, list, newer, after, menu, emoji] = "log talk timeline newer after menu emoji"
  .split(" ")
  .map((id) => document.getElementById(id));
const mark = document.createElement("span");
const { lang } = document.documentElement;
const locale = navigator.languages.find((each) => each.slice(0, 2) === lang.slice(0, 2)) ?? lang;
let conversation;
let followed; // the conversation whose live updates come
let left; // the conversation that the visitor left in order to start another one
let lastSeq = 0; // this and the revision are moved by catch-ups only, because a stream or a response may leave gaps
let revision = 0;
let token;
let retryTimer;
let isLoading = false;
let stream;
let liveStates = 0; // how many came by the stream
let isAtEnd = true;
let lastTop = 0;
let hiddenTimer;
let seenSeq = 0; // the last reply that was on the screen
let prechat;
let teamSeq = 0; // the last entry that the team has seen

async function catchUp() {
  await waitForToken();
  const known = liveStates;
  const answer = await request(`messages/?after=${lastSeq}&revision=${revision}`);
  if (left && left === answer.conversation) return;
  left = undefined;
  // It's a different one if another tab started it, or if agents merged two contacts.
  if (conversation && conversation !== answer.conversation) {
    clear();
    return catchUp();
  }
  conversation = answer.conversation;
  if (followed && followed !== conversation && stream?.isOn) stream.restart();
  else followed = conversation;
  // A state that came meanwhile is as new, and perhaps newer.
  apply(known === liveStates ? answer : { ...answer, state_html: "" });
  lastSeq = Math.max(lastSeq, answer.last_seq);
  revision = Math.max(revision, answer.revision);
  log.ariaBusy = "false";
}

/** Show an empty chat. The next message starts a conversation. */
function startNew(stateHtml) {
  left = conversation;
  clear();
  after.replaceChildren();
  page.startsNew = true;
  showState(stateHtml, true);
  focusComposer();
}

// Someone wrote in the conversation that the visitor has left.
function comeBack() {
  left = undefined;
  page.startsNew = false;
  load();
}

function clear() {
  list.replaceChildren();
  conversation = lastSeq = seenSeq = teamSeq = revision = 0;
}

function apply({ html, state_html, prechat_html, live: hasContact, read_seq, seen_seq }) {
  const isHistory = log.ariaBusy === "true";
  const replies = mergeEntries(html);
  if (isHistory) countUnread(findReplies().filter(({ dataset }) => dataset.seq > read_seq).length);
  else countUnread(replies, nameLastReply());
  if (state_html) showState(state_html);
  showMark(seen_seq);
  menu.hidden = !hasContact;
  showPrechat(prechat_html);
  if (hasContact) {
    messages.dispatchEvent(new Event("contact"));
    startStream();
  }
}

/** Mark the visitor's last message as sent, or as seen once someone on the team has seen it. */
function showMark(seq = 0) {
  teamSeq = Math.max(teamSeq, seq);
  const own = [...list.querySelectorAll("[data-kind=contact]")].at(-1);
  if (!own) return;
  const text = `· ${list.dataset[own.dataset.seq > teamSeq ? "sent" : "seen"]}`;
  if (mark.textContent !== text) mark.textContent = text;
  if (mark.parentNode?.parentNode !== own) own.querySelector(".by").append(mark);
}

const findReplies = () => [...list.querySelectorAll("[data-kind=reply]")];
const nameLastReply = () => `${conversation} ${findReplies().at(-1)?.id}`;

// Loaded where the inbox asks something before the first message.
function showPrechat(html = "") {
  if (!html && !prechat) return;
  const box = document.getElementById("prechat");
  prechat ??= import("./prechat.js").then(({ startPrechat }) =>
    startPrechat(box, { page, request, postToPage, askBefore }),
  );
  prechat.then(
    (showForm) => showForm(html),
    () => {
      prechat = undefined;
      retryTimer = setTimeout(load, RETRY);
    },
  );
}

// Loaded with the first message, because before that there are no live updates.
async function startStream() {
  expectReplies();
  const module = await import("../live/stream.js").catch(() => {});
  if (!module) return (retryTimer = setTimeout(load, RETRY));
  stream ??= new module.LiveStream(streamOptions);
  stream.start();
}

const streamOptions = {
  group: () => `${document.body.dataset.key} ${page.token}`,
  want: () => (followed = conversation || ""),
  catchUp,
  requestTicket: (stop) => request("ticket/", {}, stop),
  onEvent(name, { id, html, text, seq }) {
    if (name === "moved") return void load();
    if (left) return void (name === "append" && comeBack());
    if (name === "remove") list.querySelector(`#${id}`)?.remove();
    else if (id === "state") showLiveState(html);
    else if (text) import("./typing.js").then(({ showTyping }) => showTyping(text));
    else if (html) countUnread(mergeEntries(html), nameLastReply());
    showMark(seq);
  },
  onState(state) {
    if (state === "live") sendQueue();
    if (state === "ended") setTimeout(load, RETRY);
  },
};

async function load(pause = 1000) {
  clearTimeout(retryTimer);
  isLoading = true;
  const isLoaded = await catchUp().then(
    () => true,
    () => false,
  );
  isLoading = false;
  if (!isLoaded && !("unverified" in document.body.dataset))
    retryTimer = setTimeout(
      load,
      pause * (0.75 + Math.random() / 2),
      Math.min(LONGEST_PAUSE, 2 * pause),
    );
  sendQueue();
}

function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const { style, dataset } of template.content.querySelectorAll(".face"))
    style.setProperty("--hue", 20 + 30 * dataset.hue);
  return [...template.content.children];
}

/** Merge entries into the timeline. Returns the number of new replies. */
function mergeEntries(html) {
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
function reportSeen() {
  const seq = findReplies().at(-1)?.dataset.seq;
  if (!isWatched() || !isAtEnd || !(seq > seenSeq)) return;
  seenSeq = Number(seq);
  shareSeen();
  request("read/", { seq: seenSeq }).catch(() => (seenSeq = 0));
}

// A hidden page gives up its stream after a while. What it misses is loaded when it becomes
// visible, and so is a conversation that has begun in a different tab.
document.onvisibilitychange = () => {
  if (isWatched()) clearUnread();
  reportSeen();
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(() => stream?.stop(), HIDDEN);
  else if (page.isOpen ? !stream?.isOn : stream && !stream.isOn) load();
};

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

function showTime(entry) {
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

function showLiveState(html) {
  liveStates++;
  showState(html);
}

function showState(html, isOwnResponse) {
  const [state] = parseHtml(html);
  const shown = document.getElementById("state");
  if (!isOwnResponse && shown.source === html) return;
  state.source = html;
  const cards = [...state.querySelectorAll(":scope > .card")];
  for (const card of cards) card.remove();
  shown.replaceWith(state);
  if (cards.length || after.childElementCount)
    import("./cards.js").then(
      ({ showCards }) => showCards(cards, isOwnResponse, showState),
      () => (state.source = ""), // so that the next response shows them
    );
}

// The greeting that the visitor has seen on the page comes in place of the usual one.
function showGreeting() {
  const seen = talk.querySelector(`template[data-greeting="${page.greeting}"]`);
  if (!seen) return;
  talk.querySelector(".greeting")?.remove();
  seen.replaceWith(seen.content);
  for (const { style, dataset } of talk.querySelectorAll(".face[data-hue]"))
    style.setProperty("--hue", 20 + 30 * dataset.hue);
}

messages.addEventListener("token", () => {
  const isFirst = !token;
  // A different token is a different visitor.
  if (token && token !== page.token) {
    stream?.stop();
    clear();
  }
  token = page.token;
  showGreeting();
  load();
  if (isFirst) startComposer(apply);
});
// Where the chat covers the screen, and so has another width than beside a page, the page has to
// know (website.js).
for (const type of ["shown", "hidden"])
  messages.addEventListener(type, () => innerWidth !== WIDTH && callWebsiteScript(type));
messages.addEventListener("shown", () => {
  clearUnread();
  reportSeen();
  focusComposer();
  sendQueue();
  if (!stream?.isOn && !isLoading) load(); // when it is opened, the token came just before
});
messages.addEventListener("person", () => load());
addEventListener("online", () => load());
onkeydown = (event) => {
  if (event.key === "Escape" && !event.isComposing) postToPage("close");
};
menu.onclick = () =>
  openOrSayWhyNot(
    import("./menu.js").then(({ openMenu }) =>
      openMenu({ showState, startNew, showFailure, parseHtml, showTime, locale }),
    ),
  );
emoji.onclick = () => openOrSayWhyNot(import("./emoji.js").then(({ open }) => open(emoji)));

function openOrSayWhyNot(opening) {
  after.querySelector(":scope > .failed")?.remove();
  opening.catch((error) => showFailure(error, menu.dataset.failed));
}

/** Say below the conversation why what the visitor did has failed. */
function showFailure({ status, serverMessage }, text) {
  const note = document.createElement("p");
  note.className = "card failed";
  note.dataset.kept = "";
  note.textContent = (status < 500 && serverMessage) || text;
  after.append(note);
  note.scrollIntoView({ block: "nearest" });
}
document.getElementById("close").onclick = () => postToPage("close");

setTimeout(() => log.ariaBusy === "true" && showConnection(false), 2500);
// In the language of this document, which may differ from the loader's.
const { open, close } = document.body.dataset;
postToPage("ready", { lang, labels: { open, close } });
