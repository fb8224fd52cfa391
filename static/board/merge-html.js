// Merge fresh HTML into a page. What has not changed stays, with the reader's focus and opened
// details.
import { parseHtml } from "../lib/html.js";

// The HTML that each element came from. Custom elements may have changed the element since.
const served = new WeakMap();

/** Make each [data-live="name"] of the page equal to the one in the HTML. */
export function mergeParts(page, html) {
  for (const root of parseHtml(html)) {
    for (const part of root.querySelectorAll("[data-live]"))
      merge(page.querySelector(`[data-live="${part.dataset.live}"]`), part);
  }
}

/** Replace this row at the next merge, because something else has changed it. */
export const forgetRow = (row) => row && served.delete(row);

function merge(shown, fresh) {
  if (!shown || served.get(shown) === fresh.innerHTML) return;
  served.set(shown, fresh.innerHTML);
  const hasRows = shown.matches("[data-rows]") || fresh.querySelector(":scope > [data-rows]");
  if (hasRows)
    arrange(
      shown,
      [...fresh.children].map((row) => chooseRow(shown, row)),
    );
  else shown.replaceChildren(...fresh.childNodes);
}

/** Return the row that is shown if nothing in it has changed, else the fresh one. */
function chooseRow(list, row) {
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

/** Give the list these rows in this order. A row that keeps its position is not touched. */
function arrange(list, rows) {
  let next = list.firstElementChild;
  for (const row of rows) {
    if (row === next) next = next.nextElementSibling;
    else insert(list, row, next);
  }
  while (next) {
    const surplus = next;
    next = next.nextElementSibling;
    surplus.remove();
  }
}

function insert(list, row, next) {
  const isNew = !row.isConnected;
  list.insertBefore(row, next);
  if (!isNew) return;
  htmx.process(row);
  if (row.hadFocus) row.querySelector("a, button, summary")?.focus({ preventScroll: true });
}
