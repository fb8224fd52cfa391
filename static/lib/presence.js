// Show the presence of members wherever they are on the page.
import { showCount } from "./counts.js";

const publishedAt = new Map(); // by membership: when its latest live update came

/** Show a current presence: from a live update, or the response to the member's own click. */
export function showPresence(presence) {
  publishedAt.set(presence.membership, Date.now());
  update(presence);
}

/** Show a presence that was requested at `requestedAt`, unless a live update has come since. */
export function showRequestedPresence(presence, requestedAt) {
  if (!(publishedAt.get(presence.membership) >= requestedAt)) update(presence);
}

function update({ membership, state, sentence }) {
  for (const element of document.querySelectorAll(`[data-member="${CSS.escape(membership)}"]`)) {
    if (element.matches("option")) moveOption(element, state);
    if (element.matches(".sentence")) element.textContent = sentence;
    if (element.matches('[role="switch"]')) element.ariaChecked = String(state === "away");
    if ("presence" in element.dataset) element.dataset.presence = state;
    if ("sentence" in element.dataset) element.dataset.sentence = sentence;
    if (element.title) element.title = sentence;
  }
}

// A list of agents is grouped by presence. Moving an option must not change what is selected.
function moveOption(option, state) {
  const group = option
    .closest("select")
    .querySelector(`optgroup[data-presence="${CSS.escape(state)}"]`);
  if (!group || group.contains(option)) return;
  const { value } = option.closest("select");
  group.append(option);
  group.parentElement.value = value;
}

/** Show whether a member's replies are reassigned while they are away. */
export function showReassigning({ membership, on }) {
  for (const element of document.querySelectorAll(`[data-reassigns="${CSS.escape(membership)}"]`))
    element.ariaChecked = String(on);
}

// The response to the member's own switches says what their presence is now.
function showOwnPresence(presence) {
  showPresence(presence);
  showCount("mine", presence.open);
}

document.addEventListener("toggled", ({ detail }) => showOwnPresence(detail));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches(".own-status form") && ctx.response.status < 400)
    showOwnPresence(JSON.parse(ctx.text));
});
