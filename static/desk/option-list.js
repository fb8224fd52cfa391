// A list above the composer that follows what is typed before the caret. The focus stays in the
// text; keys follow the ARIA listbox pattern.
import { isSendKey } from "../lib/message-input.js";
import { replaceText } from "../lib/text-edit.js";

export class OptionList {
  /** box: the element with the list and its status. trigger: matches what is typed, as group 1. */
  constructor(field, box, trigger) {
    this.field = field;
    this.trigger = trigger;
    [this.list, this.status] = box.children;
    field.setAttribute("aria-autocomplete", "list");
    // Before the form's own keys, of which Enter sends and Escape leaves the text.
    field.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    field.addEventListener("blur", () => this.close());
    // A click in the list leaves the focus in the text.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) =>
      this.choose(target.closest('[role="option"]')),
    );
  }

  /** What is typed after the trigger, or undefined. */
  get typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    if (selectionStart !== selectionEnd) return undefined;
    return value.slice(0, selectionStart).match(this.trigger)?.[1];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Return whether a list for what is typed now should be shown. */
  isWanted() {
    const { typed } = this;
    const isWanted =
      typed !== undefined && typed !== this.dismissed && this.field === document.activeElement;
    if (isWanted) this.dismissed = undefined;
    return isWanted;
  }

  show(items) {
    const options = items.filter((item) => item.matches('[role="option"]'));
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.field.setAttribute("aria-controls", this.list.id);
    this.activate(options[0]);
    this.status.textContent = options.length
      ? this.status.dataset.found.replace("{count}", options.length)
      : this.list.textContent.trim();
  }

  close() {
    this.list.hidden = true;
    this.status.textContent = "";
    this.activate();
  }

  /** Close the list until something else is typed. */
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
    if (event.isComposing) return;
    if (event.key === "Enter" && this.searching && isSendKey(event)) this.chooseWhenFound();
    else if (!this.isOpen || !this.onListKey(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  onListKey({ key }) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (key === "Escape") this.dismiss();
    else if (!this.active) return false;
    else if (step) this.move(step);
    else if (key === "Enter" || key === "Tab") this.choose(this.active);
    else return false;
    return true;
  }

  move(step) {
    const options = [...this.list.querySelectorAll('[role="option"]')];
    this.activate(options.at((options.indexOf(this.active) + step) % options.length));
  }

  /** Enter was quicker than the server: choose the first option, or send if it has none. */
  async chooseWhenFound() {
    const { typed } = this;
    const isFound = await this.searching;
    if (this.active) this.choose(this.active);
    else if (isFound && this.typed === typed) this.field.form.requestSubmit();
  }

  choose(option) {
    if (!option || this.typed === undefined) return;
    this.insert(option);
    this.close();
  }

  /** Replace the trigger, which is one character, and what is typed after it. */
  replaceTyped(text, select) {
    const end = this.field.selectionStart;
    replaceText(this.field, end - this.typed.length - 1, end, text, select);
  }
}
