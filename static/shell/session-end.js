// A page of a workspace shows customers' words: it goes blank as soon as its session has ended. The
// sign-in page says so to all tabs (signed-out.js), a refused request to the page that sent it.
const KEY = "messagehub-signed-out-at";
const openedAt = Date.now();

addEventListener("storage", ({ key, newValue }) => key === KEY && newValue && leave());
// A page out of the browser's memory missed what was said meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && localStorage.getItem(KEY) > openedAt && leave());
document.addEventListener("session-ended", async () => {
  if (document.querySelector("live-desk")) return leave(); // what is written there is kept as a draft
  const unsaved = await import("./unsaved-forms.js").catch(() => {});
  if (!unsaved?.hasUnsavedForm()) leave();
});

// Signing in leads back here; a session that is still good does so at once.
function leave() {
  document.body.replaceChildren();
  document.title = "MessageHub";
  location.replace(`${document.body.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
}
