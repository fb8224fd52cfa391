// A bulk run: its progress, its report, and ten seconds to undo it.
import { findErrorMessage, parseHtml } from "../lib/html.js";
import { post, requestText } from "../lib/requests.js";
import { showFailure, showToast } from "../lib/toast.js";
import { findList, listQuery } from "./conversation-list.js";

const KEY = "messagehub-bulk-run";
const POLL = 700; // milliseconds
const RETRY = 4_000; // milliseconds, after a failure
const SECONDS = 10; // in which an undo is offered
let panel;
let timer;

/** Start a run, or continue one with a form. Return whether the server did. */
export async function startRun(url, fields) {
  try {
    show(await (await post(url, fields)).text());
    return true;
  } catch (error) {
    const message = error.response && findErrorMessage(await error.response.text());
    if (message) showToast(message);
    else showFailure(error.response ? "failed" : "offline");
    return false;
  }
}

/** Show the run that this tab started before the page was left. */
export const resume = () => follow(sessionStorage.getItem(KEY));

async function follow(url) {
  try {
    show(await requestText(url));
  } catch (error) {
    if (error.status === 404) return hide();
    timer = setTimeout(() => follow(url), RETRY);
  }
}

function show(html) {
  clearTimeout(timer);
  clearInterval(timer);
  panel ??= createPanel();
  const [section] = parseHtml(html);
  const hadFocus = panel.contains(document.activeElement);
  panel.querySelector(".bulk-run")?.remove();
  panel.append(section);
  if (!panel.isConnected) showPanel();
  const { url, running: isRunning } = section.dataset;
  if (isRunning !== undefined) {
    sessionStorage.setItem(KEY, url);
    timer = setTimeout(() => follow(url), POLL);
    return;
  }
  sessionStorage.removeItem(KEY);
  panel.querySelector("[role=status]").textContent = section.dataset.announcement;
  const problems = section.querySelector(".problems");
  for (const link of section.querySelectorAll(".problems a")) link.search = listQuery();
  if (problems) htmx.process(problems); // its links open beside the list, as rows do
  if (hadFocus) section.querySelector("button").focus();
  document.dispatchEvent(new Event("bulk-run-finished"));
  countDown(section);
}

function createPanel() {
  const element = document.createElement("div");
  element.id = "bulk-panel";
  const [status] = parseHtml('<p class="for-screen-readers" role="status"></p>');
  element.append(status);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    startRun(event.target.action, new URLSearchParams(new FormData(event.target)));
  });
  element.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]")) hide();
  });
  return element;
}

// Below the list; a different view replaces the list, but not the run that was started in it.
const showPanel = () => findList()?.closest(".list").append(panel);

document.addEventListener("htmx:finally:swap", () => {
  if (panel && !panel.isConnected) showPanel();
});

// While someone points at it or has the focus in it, the countdown pauses.
function countDown(section) {
  let left = SECONDS;
  timer = setInterval(() => {
    if (section.matches(":hover, :focus-within") || --left > 0) return;
    clearInterval(timer);
    if (section.querySelector(".problems")) section.querySelector("[data-undo]")?.remove();
    else hide();
  }, 1_000);
}

function hide() {
  clearInterval(timer);
  sessionStorage.removeItem(KEY);
  panel?.remove();
  panel = undefined;
}

document.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
  const form = panel?.querySelector("[data-undo]");
  if (!isUndo || !form || event.target.closest("input:not(.pick), textarea, [contenteditable]"))
    return;
  event.preventDefault();
  form.requestSubmit();
});
