// Many inboxes have no response timer, so the scripts that show one are loaded with the first
// timer.
let warnings;
const load = () => (warnings ??= import("./response-warning.js"));

export const followRow = async (row) =>
  (row.response_interval || warnings) && (await load()).followRow(row);
export const followAll = async (timers) =>
  (timers.length || warnings) && (await load()).followAll(timers);

const loadIfShown = () => document.querySelector('response-due[data-interval*="/"]') && load();
document.addEventListener("htmx:finally:swap", loadIfShown);
loadIfShown();
