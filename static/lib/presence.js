import { showCount } from "./counts.js";

const told = new Map(); // when each person's presence was last told, not asked for

/** What the stream, or the answer to my own click, says of a person now. */
export function showPresence(person) {
  told.set(person.membership, Date.now());
  put(person);
}

/** What was answered to a question of that moment: what was told since is newer. */
export function recallPresence(person, asked) {
  if (!(told.get(person.membership) >= asked)) put(person);
}

// Wherever on the page the person is shown.
function put({ membership, state, sentence }) {
  for (const place of document.querySelectorAll(`[data-member="${CSS.escape(membership)}"]`)) {
    if (place.matches("option")) file(place, state);
    if (place.matches(".sentence")) place.textContent = sentence;
    if (place.matches('[role="switch"]')) place.ariaChecked = String(state === "away");
    if ("presence" in place.dataset) place.dataset.presence = state;
    if ("sentence" in place.dataset) place.dataset.sentence = sentence;
    if (place.title) place.title = sentence;
  }
}

// In the list of agents people stand under what they are; whoever is chosen stays chosen.
function file(option, state) {
  const group = option.closest("select").querySelector(`optgroup[data-presence="${CSS.escape(state)}"]`);
  if (!group || group.contains(option)) return;
  const { value } = option.closest("select");
  group.append(option);
  group.parentElement.value = value;
}

/** Replies to me go to others while I am away, or no longer: turned on another of my pages. */
export function showReassigning({ membership, on }) {
  for (const place of document.querySelectorAll(`[data-reassigns="${CSS.escape(membership)}"]`)) place.ariaChecked = String(on);
}

// My own switches: the server's answer is what I am now.
function showMine(me) {
  showPresence(me);
  showCount("mine", me.open);
}

document.addEventListener("turned", ({ detail }) => showMine(detail));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches(".own-status form") && ctx.response.status < 400) showMine(JSON.parse(ctx.text));
});
