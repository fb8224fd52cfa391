import { parse } from "../desk/merge-entries.js";

// Fresh HTML over what is shown: what is the same stays, with the reader's focus and what they opened.
const served = new WeakMap(); // an element: the HTML it came from (its elements may have changed it since)

/** Each [data-live="name"] of a page becomes as in `html`. */
export function mergeParts(page, html) {
  for (const root of parse(html)) {
    const parts = [...root.querySelectorAll("[data-live]")];
    for (const part of parts) merge(page.querySelector(`[data-live="${part.dataset.live}"]`), part);
  }
}

/** Something else has changed this row: the next one from the server is taken. */
export const forget = (row) => row && served.delete(row);

function merge(shown, fresh) {
  if (!shown || served.get(shown) === fresh.innerHTML) return;
  served.set(shown, fresh.innerHTML);
  if (!shown.matches("[data-rows]") && !fresh.querySelector(":scope > [data-rows]")) return shown.replaceChildren(...fresh.childNodes);
  const rows = [...fresh.children].map((row) => keep(shown, row));
  place(shown, rows);
}

/** The row that is shown already if nothing in it is new; else the fresh one. */
function keep(list, row) {
  const known = row.id && [...list.children].find((each) => each.id === row.id);
  const html = row.outerHTML;
  if (known && known.matches("[data-rows]")) {
    merge(known, row);
    return known;
  }
  if (known && ("fixed" in row.dataset || served.get(known) === html)) return known;
  served.set(row, html);
  row.hadFocus = known && known.contains(document.activeElement);
  return row;
}

function place(list, rows) {
  let at = list.firstChild;
  for (const row of rows) {
    if (row === at) at = at.nextSibling;
    else add(list, row, at);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function add(list, row, before) {
  const isNew = !row.isConnected;
  list.insertBefore(row, before);
  if (!isNew) return;
  htmx.process(row);
  if (row.hadFocus) row.querySelector("a, button, summary")?.focus({ preventScroll: true });
}
