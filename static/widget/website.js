// What the chat does to the website's page beyond its own elements, and what the visitor's tabs
// have to agree on. The frame has the loader call these functions by the name of a message, with
// the function that posts one back.

const PATIENCE = 400; // milliseconds, in which a tab that shows the reply says so
const HOLD = 3_000; // milliseconds, in which no other tab rings for the same reply
const FLASH = 1_500; // milliseconds
const FULL_SCREEN = "(max-width: 480px), (max-height: 480px)"; // as in the loader's style
const { key } = window.MessageHub;
const channel = openChannel();
let post = () => {};
let unseen = 0;
let flashing;
let title; // the page's own
let shownTitle; // what we have replaced it with

/** Replies came, or the visitor has seen them (0). ring: names the last one, if it may ring. */
export function unread({ count, label, isMuted, ring }, postToFrame) {
  post = postToFrame;
  unseen = count;
  stopFlashing();
  if (count && !isMuted && document.hidden) flash(label);
  if (ring) setTimeout(ringOnce, PATIENCE, ring);
}

async function ringOnce(id) {
  if (!unseen) return;
  try {
    await navigator.locks.request(`messagehub ring ${id}`, { ifAvailable: true }, ringAndHold);
  } catch {
    post("ring"); // a page without locks; each of its tabs rings
  }
}

async function ringAndHold(lock) {
  if (!lock) return; // a different tab rings
  post("ring");
  await new Promise((resolve) => setTimeout(resolve, HOLD));
}

/** Show unread replies in the title of a hidden tab, in turn with the page's own. */
function flash(label) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const change = () => {
    if (document.title !== shownTitle) title = document.title; // the page has changed it
    if (isCalm) shownTitle = `${label} · ${title}`;
    else shownTitle = shownTitle === label ? title : label;
    document.title = shownTitle;
  };
  change();
  if (!isCalm) flashing = setInterval(change, FLASH);
}

function stopFlashing() {
  clearInterval(flashing);
  if (shownTitle && document.title === shownTitle) document.title = title;
  shownTitle = "";
}

document.addEventListener("visibilitychange", () => document.hidden || stopFlashing());

/** The visitor sees all replies in this tab. */
export function seen(_data, postToFrame) {
  post = postToFrame;
  channel?.postMessage("seen");
}

function openChannel() {
  try {
    const opened = new BroadcastChannel(`messagehub ${key}`);
    opened.onmessage = ({ data }) => post(data);
    return opened;
  } catch {
    return undefined; // where storage is denied
  }
}

// Where the chat covers the screen, Back closes it first. The history's entry for that keeps the
// page's address and state, so that the page's router finds what it knows. On our own page, which
// is nothing but the chat (page.js), Back leaves at once.
const isOurPage = new URL(import.meta.url).origin === location.origin;
const isOnEntry = () => history.state?.messagehub;

export function shown() {
  if (!isOurPage && matchMedia(FULL_SCREEN).matches && !isOnEntry())
    history.pushState({ ...history.state, messagehub: true }, "");
}

export function hidden() {
  if (isOnEntry()) history.back();
}

addEventListener("popstate", () => isOnEntry() || window.MessageHub("close"));
