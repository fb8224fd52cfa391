// Replies that the visitor hasn't seen: while the chat is closed or its tab is hidden, they are
// counted, and a badge, a sound and the page's title tell of them. The visitor can mute the last
// two. Which tab rings is decided by the page (website.js), because the frame's own storage and locks
// may be blocked as a third party's.
import { callWebsiteScript, messages, page, postToPage } from "./connections.js";

const { dataset } = document.body;
const mute = document.getElementById("mute");
let count = 0;
let isMuted = false;

export const isWatched = () => page.isOpen && !document.hidden;

/** Count new replies. id names the last one; without it there is no sound. */
export function countUnread(replies, id) {
  if (!isWatched() && replies) setUnread(count + replies, id);
}

function setUnread(number, id) {
  count = number;
  const label = dataset.unread.replace("{n}", count);
  const ring = !isMuted && "sound" in dataset && id;
  callWebsiteScript("unread", { count, label, isMuted, ring });
}

export const clearUnread = () => count && setUnread(0);
messages.addEventListener("seen", clearUnread); // in a different tab

/** Tell the visitor's other tabs that all replies have been seen in this one. */
export const shareSeen = () => callWebsiteScript("seen");

/** Called once there is a conversation, because before that nothing can come. */
export function expectReplies() {
  if (!mute.hidden) return;
  mute.hidden = false;
  setMuted(page.unsent.silent);
  if ("sound" in dataset) loadSound(); // what the visitor does after that unlocks it
}

const loadSound = () => import("./sound.js").catch(() => {});
messages.addEventListener("ring", async () => (await loadSound())?.ring());

function setMuted(value) {
  isMuted = Boolean(value);
  mute.ariaPressed = isMuted;
}

mute.onclick = () => {
  setMuted(!isMuted);
  postToPage("store", { item: "silent", text: isMuted ? "1" : "" });
};
