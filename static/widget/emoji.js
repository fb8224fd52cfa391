// The grid of emoji above the visitor's field. Loaded when its button is pressed. The arrow keys
// move in it.
import { insertText } from "../lib/text-edit.js";

const COLUMNS = 8;
const HEIGHT = 228; // pixels
const EMOJI = `😀 😃 😄 😁 😅 😂 🤣 🙂 🙃 😉 😊 😇 🥰 😍 😘 😋 😜 🤗 🤭 🤔 🤨 😐 😏 🙄
😌 😴 😷 🤒 🥵 🥶 😵 🤯 🥳 😎 🤓 😕 😟 🙁 😮 😳 🥺 😢 😭 😱 😞 😩 😤 😠
👍 👎 👌 🤞 👏 🙌 🙏 🤝 💪 👋 👀 🫶 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 ✨ 🎉 🎁
🔥 ⭐ ☀️ 🌈 🌸 🍀 🍕 🍰 ☕ 🍺 ⚽ 🎵 📷 📦 🚚 ✈️ 🏠 ⏰ 💡 ✅ ❌ ❓ ❗ 😺`.split(/\s/);

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  #emoji-grid {
    position: fixed;
    inset: auto;
    inset-inline-start: 12px;
    padding: 6px;
    overflow-y: auto;
    border: 1px solid var(--line);
    border-radius: 12px;
    color: inherit;
    background: var(--surface);
    box-shadow: 0 8px 28px #0003;
  }
  #emoji-grid:popover-open {
    display: grid;
    grid-template-columns: repeat(${COLUMNS}, 36px);
  }
  #emoji-grid button {
    height: 36px;
    font-size: 1.25rem;
  }
  #emoji-grid button:hover {
    background: var(--soft);
  }
`);

/** Open the grid for the first time. From then on the button opens and closes it by itself. */
export function open(opener) {
  if (opener.popoverTargetElement) return;
  const { body: field } = opener.form.elements;
  document.adoptedStyleSheets.push(sheet);
  const grid = document.createElement("div");
  Object.assign(grid, {
    id: "emoji-grid",
    popover: "auto",
    role: "dialog",
    ariaLabel: opener.title,
  });
  grid.append(...EMOJI.map(makeButton));
  // The field grows with its text, and must stay visible.
  grid.onbeforetoggle = () => {
    const { top } = opener.form.getBoundingClientRect();
    grid.style.bottom = `${innerHeight - top + 6}px`;
    grid.style.maxHeight = `${Math.min(HEIGHT, top - 12)}px`;
  };
  // The first has the focus; `autofocus` is ignored in a frame of another origin.
  grid.ontoggle = ({ newState }) => newState === "open" && grid.firstChild.focus();
  grid.onclick = ({ target }) => {
    if (target === grid) return;
    grid.hidePopover();
    insertText(field, target.textContent);
  };
  grid.onkeydown = move;
  opener.after(grid);
  opener.popoverTargetElement = grid;
  grid.showPopover();
}

function makeButton(textContent) {
  const button = document.createElement("button");
  return Object.assign(button, { type: "button", textContent, tabIndex: -1 });
}

function move(event) {
  if (event.key === "Escape") event.stopPropagation(); // which closes the chat otherwise
  const grid = event.currentTarget;
  const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const steps = {
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: COLUMNS,
    ArrowUp: -COLUMNS,
  };
  const next = [...grid.children].indexOf(event.target) + steps[event.key];
  if (!grid.children[next]) return;
  event.preventDefault();
  grid.children[next].focus();
}
