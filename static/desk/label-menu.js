// The menu that adds labels to the open conversation. It is loaded when it is first opened.
import { requestText } from "../lib/requests.js";
import { filterOptions, prepareFilter } from "./filter-options.js";

/** Show the labels of the workspace. What is typed while they load stays. */
export async function showLabels(menu) {
  prepareFilter(menu);
  const headers = { "HX-Request": "true" };
  menu.querySelector("[role=listbox]").innerHTML = await requestText(menu.dataset.url, { headers });
  filterOptions(menu);
}
