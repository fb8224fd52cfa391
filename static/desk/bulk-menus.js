// The menus of the bar that changes many conversations.
import { filterOptions, prepareFilter } from "./filter-options.js";

/** Prepare a menu that is about to open. rows: those of the selected conversations. */
export function prepareMenu(menu, rows) {
  if (menu.querySelector("[name=add], [name=remove]")) showLabels(menu, rows);
  if (!menu.querySelector("[role=combobox]")) return;
  prepareFilter(menu);
  filterOptions(menu);
}

/** A label that all of them have is removed, any other is added. */
function showLabels(menu, rows) {
  for (const option of menu.querySelectorAll("[role=option]:not(.create)")) {
    const hasIt = (row) => row.dataset.labels.split(" ").includes(option.value);
    const isOnAll = rows.length > 0 && rows.every(hasIt);
    option.name = isOnAll ? "remove" : "add";
    option.ariaSelected = String(isOnAll);
  }
}
