import { parse } from "../desk/merge-entries.js";

// A chat of mine needs me and nobody looks at this page: a sound, and a notification. Once for all
// tabs of this browser, and not at all while one of them is in front. Loaded when it is first needed.
const LATER = 250; // milliseconds: the tab in front says so first
const AFTERWARDS = 4_000;
const chosen = (name) => localStorage.getItem(`messagehub-${name}`) !== "off"; // see my-alerts.js
const words = document.getElementById("alert-texts").dataset;

export const isInFront = () => !document.hidden && document.hasFocus();

/** A row as the stream brings it. */
export function alertToRow({ number, was, status, assignee, contact_wrote: hasWritten, html }) {
  const { me } = document.body.dataset;
  const [row] = parse(html);
  if (assignee !== me || status !== "open" || row?.dataset.waiting === undefined) return;
  const isGiven = was?.assignee !== me || was.status !== "open";
  if (!isGiven && !hasWritten) return;
  const name = row.querySelector("b").textContent;
  const body = row.querySelector(".preview").textContent.trim();
  const title = words[isGiven ? "given" : "wrote"].replace("{name}", name);
  alertOnce(`${number} ${row.dataset.at}`, { title, body, tag: `chat-${number}`, href: row.querySelector("a").href });
}

export async function alertOnce(key, about) {
  if (isInFront()) return localStorage.setItem("messagehub-front", Date.now());
  await sleep(LATER);
  if (Date.now() - localStorage.getItem("messagehub-front") < AFTERWARDS / 2) return;
  if (!navigator.locks) {
    // Plain http has none.
    if (localStorage.getItem("messagehub-alerted") === key) return;
    localStorage.setItem("messagehub-alerted", key);
    return alertNow(about);
  }
  await navigator.locks.request(`alert ${key}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    alertNow(about);
    await sleep(AFTERWARDS);
  });
}

export function alertNow({ title, body, tag, href }) {
  if (chosen("sound")) ring();
  if (!("Notification" in window) || Notification.permission !== "granted" || !chosen("notifications")) return;
  const notification = new Notification(title, { body, tag, renotify: true });
  notification.onclick = () => {
    window.focus();
    notification.close();
    if (href) location.assign(href);
  };
}

// Two short notes, made here: no file to load.
function ring() {
  const audio = new AudioContext();
  for (const [tone, start] of [[660, 0], [880, 0.16]]) {
    const note = new OscillatorNode(audio, { frequency: tone });
    const loudness = new GainNode(audio, { gain: 0 });
    const begin = audio.currentTime + start;
    loudness.gain.setTargetAtTime(0.2, begin, 0.01);
    loudness.gain.setTargetAtTime(0, begin + 0.12, 0.06);
    note.connect(loudness).connect(audio.destination);
    note.start(begin);
    note.stop(begin + 0.6);
  }
  setTimeout(() => audio.close(), 1_500);
}

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
