// Show a count in every element with data-count="<name>".
export const findCounts = (name) => [
  ...document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`),
];

export function showCount(name, count) {
  for (const element of findCounts(name)) {
    element.textContent = count;
    const container = element.closest("[data-counted]"); // the style sheet hides one that counts 0
    if (container) container.dataset.counted = count;
  }
}

const publishedAt = new Map(); // by name: when its latest live update came

/** Show a count from a live update. */
export function showPublishedCount(name, count) {
  publishedAt.set(name, Date.now());
  showCount(name, count);
}

/** Show a count that was requested at `requestedAt`, unless a live update has come since. */
export function showRequestedCount(name, count, requestedAt) {
  if (!(publishedAt.get(name) >= requestedAt)) showCount(name, count);
}
