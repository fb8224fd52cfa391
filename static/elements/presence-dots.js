// A person's presence, wherever on the page the person is shown.
export function showPresence({ membership, state, sentence }) {
  for (const place of document.querySelectorAll(`[data-member="${CSS.escape(membership)}"]`)) {
    if (place.matches("option")) file(place, state);
    if (place.matches(".sentence")) place.textContent = sentence;
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

// Away and back show at once; the server's own sentence follows.
document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const { becomes: state, sentence } = target.dataset ?? {};
  const isShown = target.closest?.("[data-presence]")?.dataset.presence === state;
  if (!state || isShown || detail.ctx.response.status >= 400) return;
  showPresence({ membership: document.body.dataset.me, state, sentence });
});
