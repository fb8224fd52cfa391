// Offer canned replies while an agent types "/shortcut". The server finds them and fills in their
// variables; the first one without a value is selected, so that typing replaces it.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";
import { insertText, replaceText } from "../lib/text-edit.js";
import { findUnfilled } from "../lib/reply-variables.js";
import { OptionList } from "./option-list.js";

const TYPED = /(?<!\S)\/([^\s/]{0,60})$/;
const lists = new WeakMap();

function findList(field) {
  if (!lists.has(field)) lists.set(field, new CannedReplyList(field));
  return lists.get(field);
}

/** Show what matches the shortcut before the caret, or nothing. Called with every input. */
export const suggest = (field) => findList(field).update();

/** Show all, for the button: it types the slash. */
export function use(button) {
  const { body: field } = button.form.elements;
  const list = findList(field);
  if (list.isOpen) return list.dismiss();
  list.isAsked = true;
  field.focus();
  if (list.typed === undefined)
    insertText(field, /\S$/.test(field.value.slice(0, field.selectionStart)) ? " /" : "/");
  list.dismissed = undefined;
  return list.update();
}

class CannedReplyList extends OptionList {
  constructor(field) {
    super(field, field.form.querySelector("canned-reply-options"), TYPED);
    this.url = this.list.parentElement.dataset.url;
  }

  update() {
    this.request?.abort();
    this.searching = undefined;
    if (!this.isWanted()) return this.close();
    this.request = new AbortController();
    const { signal } = this.request;
    const searching = this.search(this.typed, signal).finally(() => {
      if (this.searching === searching) this.searching = undefined;
    });
    return (this.searching = searching);
  }

  /** Show what the server finds. Return whether it has answered. */
  async search(typed, signal) {
    const query = new URLSearchParams({ q: typed });
    const html = await requestText(`${this.url}?${query}`, { signal }).catch(() => {});
    if (this.typed !== typed) return false;
    if (html === undefined) return this.close();
    const items = parseHtml(html);
    // A slash may be just a slash: without the button there is no word about finding nothing.
    if (items.length && (this.isAsked || items[0].matches('[role="option"], .empty')))
      this.show(items);
    else this.close();
    return true;
  }

  dismiss() {
    const { field, isAsked, typed } = this;
    super.dismiss();
    if (isAsked && typed === "")
      replaceText(field, field.selectionStart - 1, field.selectionStart, "");
  }

  close() {
    super.close();
    if (this.typed === undefined) this.isAsked = false;
  }

  insert({ dataset: { text } }) {
    const [first] = findUnfilled(text);
    this.replaceTyped(text, first && [first.index, first.index + first[0].length]);
  }
}
