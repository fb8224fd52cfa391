// Send what the visitor writes: shown at once, kept until it is stored, and sent one message after
// the other. Files are uploaded before (files.js, which is loaded when there are some).
import { isSendKey, newClientId } from "../lib/message-input.js";
import { page, postToPage, request } from "./connections.js";

const MAX_LENGTH = 5000; // characters
const COUNTED = 300; // characters left, from where they are counted
const PATIENCE = 8_000; // milliseconds
const LONGEST_PAUSE = 30_000; // milliseconds
const REFUSED = new Set([400, 409, 413, 422]); // sending again would change nothing
const [form, counter, list, template] = ["composer", "count", "pending", "pending-entry"].map(
  (id) => document.getElementById(id),
);
const { body: field, website: trap } = form.elements; // a trap for robots
const picker = form.querySelector("[type=file]");
const entryTemplate = template.content.firstElementChild;
const { textContent: notSent, dataset: notYet } = entryTemplate.querySelector(".error");
// oxlint-disable-next-line no-control-regex -- these control characters are removed
const UNWANTED = /[\0-\x08\v\f\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;
const queue = []; // oldest first
let expectResponse; // called before a message is sent; returns what takes the response
let isSending;
let currentRequest;
let pausedUntil = 0;
let endPause = () => {};
let isAsking = false;
let takeAnswers = () => ({}); // what the visitor entered into the form before their first message
let attaching; // a promise, while what handles files is loading
let takeFiles = () => []; // the uploaded files of the next message, or nothing while it must wait

/** Restore what an earlier page could not send. */
export function startComposer(expect) {
  expectResponse = expect;
  const { draft, ...items } = page.unsent;
  if (draft && !field.value) setText(draft);
  for (const id in items) if (id.includes("-")) queue.push(JSON.parse(items[id]));
  queue.sort((a, b) => a.at - b.at);
  queue.forEach(showPending);
}

// The embedding page stores it, because a third party's storage may be blocked.
function store(item, text) {
  postToPage("store", { item, text });
}

export function focusComposer() {
  field.focus({ preventScroll: true });
}

field.oninput = () => {
  setText(field.value);
  import("./typing.js").then(({ reportTyping }) => field.value && reportTyping()).catch(() => {});
};
field.onkeydown = (event) => {
  if (!isSendKey(event)) return;
  event.preventDefault();
  form.requestSubmit();
};
form.onsubmit = async (event) => {
  event.preventDefault();
  focusComposer();
  if (isAsking) return;
  isAsking = true;
  await attaching;
  const isEmpty = !cleanText(field.value) && !form.matches(".has-files");
  const isSendable = !isEmpty && remaining(cleanText(field.value)) >= 0;
  const answers = isSendable ? await takeAnswers() : undefined;
  isAsking = false;
  const body = cleanText(field.value); // which may have changed meanwhile
  const files = answers && takeFiles();
  if (!files || !(body || files.length)) return;
  setText("");
  send(body, files, answers);
};

/** Ask this function for what goes with a message; it returns nothing if something is wrong. */
export function askBefore(ask) {
  takeAnswers = ask;
}

function attach(files) {
  if (!picker || !files.length) return;
  const added = add([...files]).catch(() => {});
  attaching = Promise.all([attaching, added]);
}

async function add(files) {
  const module = await import("./attached-files.js");
  takeFiles = module.takeFiles;
  await module.attach(files, form);
}
if (picker)
  picker.onchange = () => {
    attach(picker.files);
    picker.value = "";
  };
document.onpaste = ({ clipboardData }) => attach(clipboardData.files);
document.ondragover = (event) => event.preventDefault();
document.ondrop = (event) => {
  event.preventDefault();
  attach(event.dataTransfer.files);
};

function setText(text) {
  if (field.value !== text) field.value = text;
  store("draft", text);
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  const left = remaining(cleanText(text));
  counter.hidden = left > COUNTED;
  counter.textContent = counter.dataset[left < 0 ? "over" : "left"].replace("{n}", Math.abs(left));
  form.classList.toggle("over", left < 0);
}

/**
 * Clean a text as the server does (messagehub.lib.text): no control characters, no blank lines
 * around it, and nothing at all if it shows nothing.
 */
export function cleanText(text) {
  if (!/[^\s\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]/u.test(text)) return "";
  return text
    .replace(UNWANTED, "")
    .replace(/^([^\S\n]*\n)+/, "")
    .trimEnd();
}

const remaining = (text) => MAX_LENGTH - [...text].length;

function send(body, files, prechat) {
  const at = Math.max(Date.now(), (queue.at(-1)?.at ?? 0) + 1);
  const isNew = page.startsNew;
  const message = { id: newClientId(), body, files, prechat, page: page.href, at, isNew };
  page.startsNew = false;
  message.website = trap.value;
  trap.value = "";
  store(message.id, JSON.stringify(message));
  queue.push(message);
  showPending(message);
  list.parentNode.scrollTop = list.parentNode.scrollHeight;
  sendQueue();
}

function showPending(message) {
  const entry = (message.entry = entryTemplate.cloneNode(true));
  const { body, files = [] } = message;
  entry.querySelector(".bubble").textContent = [body, ...files.map(({ name }) => name)]
    .filter(Boolean)
    .join("\n");
  entry.querySelector(".retry").onclick = retryAll;
  entry.querySelector(".edit").onclick = () => {
    removePending(message.id);
    page.startsNew ||= message.isNew;
    setText([message.body, field.value].filter(Boolean).join("\n"));
    focusComposer();
  };
  list.append(entry);
  setStatus(message, "sending");
}

function setStatus(message, status, error) {
  message.entry.dataset.status = status;
  message.entry.querySelector(".error").textContent =
    error || (navigator.onLine ? notSent : notYet.offline);
  clearTimeout(message.timer);
  if (status !== "sending") return;
  message.attempts = 0;
  message.timer = setTimeout(setStatus, PATIENCE, message, "failed");
}

/** Remove a message that is stored, as its response or a live update says. */
export function removePending(id) {
  const message = queue.find((each) => each.id === id);
  if (!message) return;
  queue.splice(queue.indexOf(message), 1);
  store(id);
  clearTimeout(message.timer);
  message.entry.remove();
}

const findUnsent = () => queue.filter(({ entry }) => entry.dataset.status !== "refused");

export async function sendQueue() {
  endPause();
  if (isSending) return;
  isSending = true;
  for (let [message] = findUnsent(); message; [message] = findUnsent()) {
    const wait = pausedUntil - Date.now();
    await (wait > 0 ? pause(wait) : deliver(message));
  }
  isSending = false;
}

async function deliver(message) {
  const { id, body, files, prechat, page: href, isNew, website, captcha } = message;
  const { signal } = (currentRequest = new AbortController());
  try {
    const sent = {
      client_id: id,
      body,
      page: href,
      files: files?.map((file) => file.id),
      starts_new: isNew,
      website,
      captcha,
      prechat,
      greeting: page.greeting,
    };
    const onStored = expectResponse();
    onStored(await request("messages/", sent, currentRequest));
    removePending(id);
    store("live", "1"); // the next page of this tab will load the chat, to count replies
  } catch ({ status, serverMessage, wait, captcha: asked }) {
    if (!queue.includes(message) || signal.reason === "retry") return;
    if (asked && (await pass(asked, message))) return;
    if (REFUSED.has(status))
      return setStatus(message, "refused", [400, 422].includes(status) && serverMessage);
    if (++message.attempts > 2 || wait || !navigator.onLine)
      for (const each of findUnsent()) setStatus(each, "failed", status === 429 && serverMessage);
    pausedUntil = Date.now() + wait;
    await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** message.attempts) * (0.75 + Math.random() / 2));
  }
}

/** Pass the test of strangers, and say whether the message can be sent again with the answer. */
async function pass({ script, challenge }, message) {
  const isRefused = Boolean(message.captcha);
  message.captcha = undefined;
  if (isRefused) return false; // the next attempt gets a new challenge
  try {
    const { solve } = await import(script);
    message.captcha = await solve(challenge);
  } catch {}
  return Boolean(message.captcha);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout((endPause = resolve), milliseconds));
}

function retryAll() {
  for (const message of findUnsent()) setStatus(message, "sending");
  currentRequest?.abort("retry");
  sendQueue();
}

addEventListener("online", retryAll);
