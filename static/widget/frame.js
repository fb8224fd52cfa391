// The visitor's chat: loads its conversation, follows it, and shows the inbox's state and cards.
import { askBefore, focusComposer, sendQueue, startComposer } from "./composer.js";
import { clearUnread, countUnread, expectReplies, isWatched } from "./unread.js";
import {
  callWebsiteScript,
  messages,
  page,
  postToPage,
  request,
  showConnection,
  waitForToken,
} from "./connections.js";
import {
  clearTimeline,
  findReplies,
  locale,
  mergeEntries,
  parseHtml,
  removeEntry,
  reportSeen,
  showMark,
  showTime,
} from "./timeline.js";

const RETRY = 5_000; // milliseconds
const LONGEST_PAUSE = 30_000; // milliseconds
const HIDDEN = 2 * 60_000; // milliseconds
const WIDTH = 372; // pixels, of the chat beside a page (loader.js)
const [log, talk, after, menu, emoji] = "log talk after menu emoji"
  .split(" ")
  .map((id) => document.getElementById(id));
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
let hiddenTimer;
let prechat;

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
  // Keep a state that arrived by the stream meanwhile: it is at least as new.
  apply(known === liveStates ? answer : { ...answer, state_html: "" });
  lastSeq = Math.max(lastSeq, answer.last_seq);
  revision = Math.max(revision, answer.revision);
  log.ariaBusy = "false";
}

/** Return a function that applies the response to a message that is sent now. */
function expectResponse() {
  const known = liveStates;
  return (answer) => {
    if (known === liveStates) return apply(answer);
    apply({ ...answer, state_html: "" });
    load(); // it isn't known which state is the later one
  };
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
  clearTimeline();
  conversation = lastSeq = revision = 0;
}

function apply(answer) {
  const { html, state_html, prechat_html, live: hasContact, read_seq } = answer;
  const isHistory = log.ariaBusy === "true";
  const replies = mergeEntries(html);
  if (isHistory) countUnread(findReplies().filter(({ dataset }) => dataset.seq > read_seq).length);
  else countUnread(replies, nameLastReply());
  if (state_html) showState(state_html);
  showMark(answer.seen_seq, answer.emailed_seq);
  menu.hidden = !hasContact;
  showPrechat(prechat_html);
  if (hasContact) {
    messages.dispatchEvent(new Event("contact"));
    startStream();
  }
}

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
  onEvent(name, { id, html, text, seq, emailed }) {
    if (name === "moved") return void load();
    if (left) return void (name === "append" && comeBack());
    if (name === "remove") removeEntry(id);
    else if (id === "state") showLiveState(html);
    else if (text) import("./typing.js").then(({ showTyping }) => showTyping(text));
    else if (html) countUnread(mergeEntries(html), nameLastReply());
    showMark(seq, emailed);
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

// A hidden page gives up its stream after a while. What it misses is loaded when it becomes
// visible, and so is a conversation that was started in a different tab.
document.onvisibilitychange = () => {
  if (isWatched()) clearUnread();
  reportSeen();
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(() => stream?.stop(), HIDDEN);
  else if (page.isOpen ? !stream?.isOn : stream && !stream.isOn) load();
};

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

// The greeting that the visitor has seen on the page replaces the usual one.
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
  if (isFirst) startComposer(expectResponse);
});
// Where the chat covers the screen, and so isn't as wide as beside a page, tell the page (website.js).
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
postToPage("ready", { lang: document.documentElement.lang, labels: { open, close } });
