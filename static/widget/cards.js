// The cards below the conversation: forms that ask for an email address or a rating, and what they
// become. Loaded with the first one.
import { focusComposer } from "./composer.js";
import { request } from "./connections.js";

const after = document.getElementById("after");
const typed = new Map(); // by the field's name: what the visitor entered outlives its form
let onResponse; // called with the new state's markup and whether the form was still shown

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .card fieldset {
    border: 0;
    min-width: 0;
  }
  .card legend {
    font-weight: 700;
    padding-bottom: 8px;
  }
  .scale {
    display: flex;
    gap: 4px;
  }
  .scale label {
    position: relative;
    flex: 1;
    padding: 8px 0 6px;
    border: 1px solid transparent;
    border-radius: 10px;
    cursor: pointer;
    text-align: center;
    font-size: 1.75rem;
    line-height: 1.2;
  }
  .scale small {
    display: block;
    font-weight: 400;
    font-size: 0.6875rem;
    overflow-wrap: normal;
  }
  .scale label:hover {
    background: var(--soft);
  }
  .scale:has(:checked) label:not(:has(:checked)) > span {
    opacity: 0.5;
  }
  .scale label:has(:checked) {
    border-color: var(--edge);
    background: var(--soft);
  }
  .scale label:has(:checked) small {
    color: inherit;
    font-weight: 600;
  }
  .scale label:has(:focus-visible) {
    outline: 2px solid var(--edge);
    outline-offset: 2px;
  }
  .scale input {
    inset: 0;
    width: auto;
    padding: 0;
    border: 0;
  }
  .card textarea {
    padding: 8px 10px;
    border: 1px solid var(--line);
    min-height: 64px;
  }
  .card textarea:focus {
    border-color: var(--edge);
    box-shadow: 0 0 0 1px var(--edge);
  }
  .card:has(.scale):not(:has(:checked)) .later {
    display: none;
  }
  .card .later {
    display: grid;
    gap: 8px;
  }
  .card .later label {
    font-weight: 400;
    color: var(--ink-2);
  }
`);
document.adoptedStyleSheets.push(sheet);

/**
 * Show these cards instead of the present ones. Unless it is the response to a card's own form, a
 * form that the visitor may be filling in stays as it is.
 */
export function showCards(cards, isOwnResponse, whenSent) {
  onResponse = whenSent;
  const shown = [...after.children];
  const kept = shown.filter((card) =>
    isOwnResponse ? card.matches("[data-kept]") : isKept(card, cards),
  );
  for (const card of shown) if (!kept.includes(card)) card.remove();
  const ids = new Set(kept.map(({ id }) => id));
  const added = cards.filter(({ id }) => !ids.has(id));
  after.append(...added);
  for (const card of added) restore(card);
}

function isKept(card, cards) {
  if (card.matches("[data-kept]")) return true;
  const isAskedAgain = card.matches("form") && cards.some(({ id }) => id === card.id);
  return isAskedAgain || card.contains(document.activeElement);
}

function restore(card) {
  for (const field of card.querySelectorAll("[name]")) {
    const value = typed.get(field.name);
    if (field.type === "radio") field.checked = field.value === value;
    else if (value) field.value = value;
  }
}

after.addEventListener("input", ({ target }) => {
  typed.set(target.name, target.value);
  showError(target.form, "");
});

after.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button:not([type])");
  button.disabled = true;
  try {
    const values = Object.fromEntries(new FormData(form));
    const { website } = form.elements; // a trap for robots
    if (website) website.value = ""; // so that a person's second try succeeds
    const { state_html, text } = await request(form.dataset.path, values);
    for (const { name } of form.elements) typed.delete(name);
    if (text) form.replaceWith(makeCard(text));
    else onResponse(state_html, form.isConnected); // the stream may have been quicker
    focusComposer();
  } catch ({ status, serverMessage }) {
    showError(form, (status < 500 && serverMessage) || form.dataset.failed);
    form.querySelector(":checked, [name], button").focus();
  }
  button.disabled = false;
});

function makeCard(text) {
  const card = Object.assign(document.createElement("p"), { className: "card", textContent: text });
  card.dataset.kept = "";
  return card;
}

function showError(form, error) {
  form.querySelector("[role=alert]").textContent = error;
  form.querySelector("[aria-describedby]")?.setAttribute("aria-invalid", Boolean(error));
}
