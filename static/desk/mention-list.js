// Offer members and teams while an agent types "@name" in a note. The server finds mentions by the
// names in the text, and what was chosen here distinguishes members with the same name.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";
import { foldText, matchesQuery } from "../lib/text-match.js";
import { OptionList } from "./option-list.js";

const MAX_SHOWN = 8;
const TYPED = /(?<![\p{L}\p{N}_@])@((?:[^\s@][^@\n]{0,60})?)$/u;
const lists = new WeakMap();

/** Show what matches the name before the caret, or nothing. Called with every input. */
export function suggest(field) {
  if (!lists.has(field)) lists.set(field, new MentionList(field));
  return lists.get(field).update();
}

class MentionList extends OptionList {
  constructor(field) {
    super(field, field.form.querySelector("mention-options"), TYPED);
    field.addEventListener("input", () => field.value.includes("@") || this.forget());
  }

  update() {
    // Without awaiting what is loaded: the next key may be Enter.
    if (this.options) return this.showFound();
    return (this.searching ??= this.load().finally(() => (this.searching = undefined)));
  }

  /** Load all options. Returns true: after a failure a note can be sent, too. */
  async load() {
    const html = await requestText(this.field.dataset.mentionable).catch(() => {});
    this.options = html && parseHtml(html);
    this.showFound();
    return true;
  }

  showFound() {
    if (!this.isWanted()) return this.close();
    const found = findOptions(this.options ?? [], this.typed);
    if (found.length) this.show(found.slice(0, MAX_SHOWN));
    else this.close();
  }

  insert({ dataset: { id, name } }) {
    this.replaceTyped(`@${name} `);
    this.remember(id);
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
  if (options.some(isComplete)) return []; // the mention is complete, and the text continues
  const found = options.filter(({ dataset }) => matchesQuery(dataset.name, typed));
  const begins = ({ dataset }) => Number(foldText(dataset.name).startsWith(query));
  return found.toSorted((one, other) => begins(other) - begins(one));
}
