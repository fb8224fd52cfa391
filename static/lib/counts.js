// A figure, wherever on the page it stands; around it [data-counted] knows it for the style sheet.
export const places = (name) => [...document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`)];

export function showCount(name, count) {
  for (const place of places(name)) {
    place.textContent = count;
    const around = place.closest("[data-counted]");
    if (around) around.dataset.counted = count;
  }
}
