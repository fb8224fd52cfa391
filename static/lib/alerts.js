// Play a sound and show a notification when a conversation needs this member and no page is in
// front. One browser alerts once, however many tabs it has. Loaded when the first alert is due.
import { parseHtml } from "./html.js";

const WAIT = 250; // milliseconds in which a tab in front can say so
const REMEMBERED = 4_000; // milliseconds
const texts = document.getElementById("alert-texts")?.dataset; // of the desk

// Set by alert-settings.js.
export const isEnabled = (name) => localStorage.getItem(`messagehub-${name}`) !== "off";
export const isInFront = () => !document.hidden && document.hasFocus();

/** Alert if this change of a row, from the live updates, gave the member something to answer. */
export function alertForRow({
  number,
  previous,
  status,
  assignee,
  contact_wrote: hasWritten,
  quiet: isQuiet,
  html,
}) {
  if (isQuiet) return;
  const { me } = document.body.dataset;
  const [row] = parseHtml(html);
  if (assignee !== me || status !== "open" || row?.dataset.waiting === undefined) return;
  const isNewlyAssigned = previous?.assignee !== me || previous.status !== "open";
  if (!isNewlyAssigned && !hasWritten) return;
  const name = row.querySelector("b").textContent;
  const body = row.querySelector(".preview").textContent.trim();
  const title = texts[isNewlyAssigned ? "assigned" : "wrote"].replace("{name}", name);
  alertOnce(`${number} ${row.dataset.at}`, {
    title,
    body,
    tag: `chat-${number}`,
    href: row.querySelector("a").href,
  });
}

export async function alertOnce(key, content) {
  if (isInFront()) return localStorage.setItem("messagehub-front", Date.now());
  await sleep(WAIT);
  if (Date.now() - localStorage.getItem("messagehub-front") < REMEMBERED / 2) return;
  if (!navigator.locks) {
    // Plain http has no locks.
    if (localStorage.getItem("messagehub-alerted") === key) return;
    localStorage.setItem("messagehub-alerted", key);
    return alertNow(content);
  }
  await navigator.locks.request(`alert ${key}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    alertNow(content);
    await sleep(REMEMBERED);
  });
}

export function alertNow({ title, body, tag, href }) {
  if (isEnabled("sound")) playSound();
  if (
    !("Notification" in window) ||
    Notification.permission !== "granted" ||
    !isEnabled("notifications")
  )
    return;
  const notification = new Notification(title, { body, tag, renotify: true });
  notification.onclick = () => {
    window.focus();
    notification.close();
    if (href) location.assign(href);
  };
}

// Two short notes are synthesized, so there is no sound file to load.
function playSound() {
  const audio = new AudioContext();
  for (const [frequency, delay] of [
    [660, 0],
    [880, 0.16],
  ]) {
    const note = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0 });
    const start = audio.currentTime + delay;
    volume.gain.setTargetAtTime(0.2, start, 0.01);
    volume.gain.setTargetAtTime(0, start + 0.12, 0.06);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.6);
  }
  setTimeout(() => audio.close(), 1_500);
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
