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
