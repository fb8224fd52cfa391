// Many inboxes have no answer-by timer: what shows one and warns is loaded with the first.
let loaded;
const load = () => (loaded ??= import("./response-warning.js"));

export const followRow = async (row) => (row.answer || loaded) && (await load()).followRow(row);
export const followAll = async (timers) => (timers.length || loaded) && (await load()).followAll(timers);

const look = () => document.querySelector('response-due[data-interval*="/"]') && load();
document.addEventListener("htmx:finally:swap", look);
look();
