// Blank a page as soon as its session has ended, because it shows what customers wrote. The sign-in
// page announces it to all tabs (signed-out.js), a refused request only to its own page.
const KEY = "messagehub-signed-out-at";
const openedAt = Date.now();

addEventListener("storage", ({ key, newValue }) => key === KEY && newValue && leave());
// A page that comes back from the browser's cache has missed that event.
addEventListener(
  "pageshow",
  ({ persisted }) => persisted && localStorage.getItem(KEY) > openedAt && leave(),
);
document.addEventListener("session-ended", async () => {
  // The desk keeps what was typed as a draft.
  if (document.querySelector("live-desk")) return leave();
  const unsaved = await import("./unsaved-forms.js").catch(() => {});
  if (!unsaved?.hasUnsavedForm()) leave();
});

// Signing in leads back to this page, and at once if the session is still good.
function leave() {
  document.body.replaceChildren();
  document.title = "MessageHub";
  const next = encodeURIComponent(location.pathname + location.search);
  location.replace(`${document.body.dataset.signIn}?next=${next}`);
}
