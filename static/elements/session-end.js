// A page of a workspace shows customers' words: it is blank as soon as its session has ended. The
// sign-in page says so to all tabs (signed-out.js); a refused request says so to its own page.
const KEY = "messagehub-signed-out-at";
const openedAt = Date.now();

addEventListener("storage", ({ key, newValue }) => key === KEY && newValue && leave());
// A page that comes back from the browser's memory missed what was said meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && Number(localStorage.getItem(KEY)) > openedAt && leave());
document.addEventListener("session-ended", () => hasUnsavedForm() || leave());

// Signing in leads back here, and so does a session that is still good after all. What was written
// to a contact is kept as this tab's draft.
function leave() {
  document.body.replaceChildren();
  document.title = "MessageHub";
  const here = encodeURIComponent(location.pathname + location.search);
  location.replace(`${document.body.dataset.signIn}?next=${here}`);
}

// A form of the settings that was filled in stays: sent without a session, it is kept for later.
function hasUnsavedForm() {
  return [...document.querySelectorAll("main form[method=post]:not(message-form *)")].some((form) => [...form.elements].some(isChanged));
}

const isChanged = ({ type, value, defaultValue, checked, defaultChecked }) =>
  ["checkbox", "radio"].includes(type) ? checked !== defaultChecked : /^(text|email|number|time|date|textarea)/.test(type) && value !== defaultValue;
