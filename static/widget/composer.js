// What the visitor writes: shown at once, kept until it is stored, sent strictly one after the other.
import { isSendKey, newClientId } from "../lib/message-input.js";
import { ask, page, tell } from "./connections.js";

const MOST = 5000, PATIENCE = 8_000, LONGEST = 30_000; // characters, milliseconds
const REFUSED = [400, 409, 413, 422]; // trying again would change nothing
const [form, count, list, template] = ["composer", "count", "pending", "pending-entry"].map((id) => document.getElementById(id));
const { body: field } = form.elements;
const model = template.content.firstElementChild;
const notSent = model.querySelector(".why").textContent;
const queue = []; // oldest first
let stored, isBusy, current, notBefore = 0, wake = () => {};

// Takes up what an earlier page could not send.
export function beginWriting(whenStored) {
  stored = whenStored;
  const { draft, ...messages } = page.kept;
  if (draft && !field.value) write(draft);
  for (const text of Object.values(messages)) queue.push(JSON.parse(text));
  queue.sort((a, b) => a.at - b.at).forEach(show);
}

// The page around us keeps it: our own storage may be blocked as a third party's.
function keep(item, text) {
  tell("keep", { item, text });
}

export function focusComposer() {
  field.focus({ preventScroll: true });
}

field.oninput = () => write(field.value);
field.onkeydown = (event) => {
  if (!isSendKey(event)) return;
  event.preventDefault();
  form.requestSubmit();
};
form.onsubmit = (event) => {
  event.preventDefault();
  focusComposer();
  const body = clean(field.value);
  if (!body || left(body) < 0) return;
  write("");
  send(body);
};

function write(text) {
  if (field.value !== text) field.value = text;
  keep("draft", text);
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  const rest = left(clean(text));
  count.hidden = rest > 300;
  count.textContent = count.dataset[rest < 0 ? "over" : "left"].replace("{n}", Math.abs(rest));
  form.classList.toggle("over", rest < 0);
}

// As the server reads it (messagehub.lib.text): without control characters, blank lines around and what shows nothing.
function clean(text) {
  if (!/[^\s\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]/u.test(text)) return "";
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, "").replace(/^([^\S\n]*\n)+/, "").trimEnd();
}
const left = (text) => MOST - [...text].length;

function send(body) {
  const at = Math.max(Date.now(), (queue.at(-1)?.at ?? 0) + 1);
  const message = { id: newClientId(), body, page: page.href, at };
  keep(message.id, JSON.stringify(message));
  queue.push(message);
  show(message);
  list.parentNode.scrollTop = list.parentNode.scrollHeight;
  sendNow();
}

function show(message) {
  const entry = (message.entry = model.cloneNode(true));
  entry.querySelector(".bubble").textContent = message.body;
  entry.querySelector(".again").onclick = tryAgain;
  entry.querySelector(".edit").onclick = () => {
    settle(message.id);
    write([message.body, field.value].filter(Boolean).join("\n"));
    focusComposer();
  };
  list.append(entry);
  mark(message, "sending");
}

function mark(message, status, words) {
  message.entry.dataset.status = status;
  message.entry.querySelector(".why").textContent = words || notSent;
  clearTimeout(message.timer);
  if (status !== "sending") return;
  message.tries = 0;
  message.timer = setTimeout(mark, PATIENCE, message, "failed");
}

// Stored, whoever brought the news.
export function settle(id) {
  const message = queue.find((message) => message.id === id);
  if (!message) return;
  queue.splice(queue.indexOf(message), 1);
  keep(id);
  clearTimeout(message.timer);
  message.entry.remove();
}

const waiting = () => queue.filter(({ entry }) => entry.dataset.status !== "refused");

export async function sendNow() {
  wake();
  if (isBusy) return;
  isBusy = true;
  for (let message; ([message] = waiting()) && message; ) {
    const pause = notBefore - Date.now();
    await (pause > 0 ? sleep(pause) : deliver(message));
  }
  isBusy = false;
}

async function deliver(message) {
  const { id, body, page } = message;
  const { signal } = (current = new AbortController());
  try {
    stored(await ask("messages/", { client_id: id, body, page }, current));
    settle(id);
  } catch ({ status, words, wait }) {
    if (!queue.includes(message) || signal.reason === "again") return;
    if (REFUSED.includes(status)) return mark(message, "refused", status === 400 && words);
    if (++message.tries > 2 || wait) for (const each of waiting()) mark(each, "failed", status === 429 && words);
    notBefore = Date.now() + wait;
    await sleep(Math.min(LONGEST, 500 * 2 ** message.tries) * (0.75 + Math.random() / 2));
  }
}

function sleep(time) {
  return new Promise((resolve) => setTimeout((wake = resolve), time));
}

function tryAgain() {
  for (const message of waiting()) mark(message, "sending");
  current?.abort("again");
  sendNow();
}

addEventListener("online", sendNow);
