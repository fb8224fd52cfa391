// Blank a page as soon as its session has ended, because it shows what customers wrote. The sign-in
// page announces it to all tabs (signed-out.js), a refused request only to its own page.
const KEY = "messagehub-signed-out-at";
const PATIENCE = 10_000; // milliseconds
const openedAt = Date.now();
let submittedAt;

// A form that was just sent may be the one that signs out. Its response says how many conversations
// were handed over, and going to the sign-in page before it arrives would cancel it.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) submittedAt = Date.now();
});
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
  const next = encodeURIComponent(location.pathname + location.search);
  const { signIn } = document.body.dataset;
  document.body.replaceChildren();
  document.title = "MessageHub";
  const wait = submittedAt ? Math.max(0, submittedAt + PATIENCE - Date.now()) : 0;
  setTimeout(() => location.replace(`${signIn}?next=${next}`), wait);
}
