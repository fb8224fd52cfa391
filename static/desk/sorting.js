// Labels, priority and team of the open conversation, and label chips wherever they are shown.

/** Replace the parts of Conversation Actions by those of a page that was just loaded. */
export function showSorting(fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) replacePart(part);
}

/** Replace one part. A button in it that had the focus gives it to the one that adds labels. */
export function replacePart(part) {
  const shown = document.getElementById(part.id);
  const hadFocus = shown?.contains(document.activeElement);
  shown?.replaceWith(part);
  if (hadFocus) document.getElementById("add-label").focus();
}

/** Rename or recolour a label's chips, or remove them if it was deleted. */
export function showLabel({ id, name, colour }) {
  for (const chip of document.querySelectorAll(`[data-label="${CSS.escape(id)}"]`)) {
    if (!name) (chip.closest(".labels > li") ?? chip).remove();
    else {
      chip.querySelector(".name").textContent = name;
      chip.querySelector(".dot").dataset.hue = colour;
    }
  }
}

document.addEventListener(
  "beforetoggle",
  ({ target, newState }) => {
    if (target.id === "label-menu" && newState === "open")
      import("./label-menu.js").then(({ showLabels }) => showLabels(target));
  },
  true, // it doesn't bubble
);
