// Offer members and teams while an agent types "@name" in a note. The focus stays in the text; keys
// follow the ARIA listbox pattern. The server finds mentions by the names in the text, and what was
// chosen here tells two of the same name apart.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";
import { foldText, matchesQuery } from "../lib/text-match.js";

const MAX_SHOWN = 8;
const TYPED = /(?<![\p{L}\p{N}_@])@((?:[^\s@][^@\n]{0,60})?)$/u;
const lists = new WeakMap();

/** Show what matches the name before the caret, or nothing. Called with every input. */
export function suggest(field) {
  if (!lists.has(field)) lists.set(field, new MentionList(field));
  return lists.get(field).update();
}

class MentionList {
  constructor(field) {
    this.field = field;
    [this.list, this.status] = field.form.querySelector("mention-options").children;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    // Before the form's own keys, of which Enter sends and Escape leaves the text.
    field.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    field.addEventListener("input", () => field.value.includes("@") || this.forget());
    field.addEventListener("blur", () => this.close());
    // A click in the list leaves the focus in the text.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) =>
      this.choose(target.closest('[role="option"]')),
    );
  }

  get typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd && value.slice(0, selectionStart).match(TYPED)?.[1];
  }

  async update() {
    this.options ??= requestText(this.field.dataset.mentionable).then(parseHtml);
    const options = await this.options.catch(() => {
      this.options = undefined;
      return [];
    });
    const { typed } = this;
    const isFocused = this.field === document.activeElement;
    if (typeof typed !== "string" || typed === this.dismissed || !isFocused) return this.close();
    this.dismissed = undefined;
    const found = findOptions(options, typed);
    if (!found.length) return this.close();
    this.list.replaceChildren(...found.slice(0, MAX_SHOWN));
    this.list.hidden = false;
    this.activate(found[0]);
    this.status.textContent = this.status.dataset.found.replace("{count}", found.length);
  }

  close() {
    this.list.hidden = true;
    this.status.textContent = "";
    this.activate();
  }

  /** Close the list until the name changes. */
  dismiss() {
    this.dismissed = this.typed;
    this.close();
  }

  activate(option) {
    this.active?.removeAttribute("aria-selected");
    this.active = option;
    option?.setAttribute("aria-selected", true);
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (this.list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const shown = [...this.list.children];
      this.activate(shown.at((shown.indexOf(this.active) + step) % shown.length));
    } else if (event.key === "Enter" || event.key === "Tab") this.choose(this.active);
    else if (event.key === "Escape") this.dismiss();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  choose(option) {
    const { typed, field } = this;
    if (!option || typeof typed !== "string") return;
    const { id, name } = option.dataset;
    const end = field.selectionStart;
    field.setRangeText(`@${name} `, end - typed.length - 1, end, "end");
    this.remember(id);
    this.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  remember(id) {
    if (this.remembered.some((input) => input.value === id)) return;
    const input = Object.assign(document.createElement("input"), { name: "mentioned", value: id });
    input.type = "hidden";
    this.field.form.append(input);
  }

  forget() {
    for (const input of this.remembered) input.remove();
    this.close();
  }

  get remembered() {
    return [...this.field.form.querySelectorAll('input[name="mentioned"]')];
  }
}

/** Return the options whose name has all typed words; those that begin with them come first. */
export function findOptions(options, typed) {
  const query = foldText(typed);
  const isComplete = ({ dataset }) => typed !== typed.trimEnd() && foldText(dataset.name) === query;
  if (options.some(isComplete)) return []; // the mention is written, and the text goes on
  const found = options.filter(({ dataset }) => matchesQuery(dataset.name, typed));
  const begins = ({ dataset }) => Number(foldText(dataset.name).startsWith(query));
  return found.toSorted((one, other) => begins(other) - begins(one));
}
