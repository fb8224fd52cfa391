// The command bar: goes to conversations, contacts, views and pages, and offers the actions of the
// page (page-actions.js).
import { parseHtml } from "../lib/html.js";
import { scoreName } from "../lib/fuzzy.js";
import { requestText } from "../lib/requests.js";
import { showFailure } from "../lib/toast.js";
import { buildActions } from "./page-actions.js";

const KEEP = 60_000; // milliseconds after which the list is loaded again
const PAUSE = 120; // milliseconds between the last key and the search
const MIN_LENGTH = 2;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
// On the desk, a conversation or a list opens where it belongs, without a new page.
const SWAP = { boost: "true", swap: "outerHTML show:none" };

let bar;

/** Open or close the bar. typedAhead returns what was typed while it was loaded. */
export async function toggleCommandBar(url, typedAhead) {
  if (bar?.dialog.open) return bar.dialog.close();
  const options = loadOptions();
  if (!bar || Date.now() - bar.loadedAt > KEEP) {
    const html = await requestText(url).catch(() => showFailure("offline"));
    if (!html) return;
    bar?.dialog.remove();
    bar = new CommandBar(parseHtml(html)[0]);
    await bar.isStyled;
  }
  await options;
  bar.open(typedAhead());
}

/** Load the options of the page's selects, which the bar offers too. */
const loadOptions = () =>
  Promise.all([...document.querySelectorAll("lazy-options:defined")].map((each) => each.load()));

class CommandBar {
  constructor(dialog) {
    this.dialog = dialog;
    this.loadedAt = Date.now();
    this.field = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.status = dialog.querySelector("[role=status]");
    const style = dialog.querySelector("link");
    this.isStyled = new Promise((resolve) => (style.onload = style.onerror = resolve));
    document.body.append(dialog);
    this.actions = [];
    this.destinations = [...this.list.children].map(readGroup);
    this.field.addEventListener("input", () => this.onInput());
    dialog.addEventListener("keydown", (event) => this.onKey(event));
    dialog.querySelector("header button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => this.onClick(event));
    dialog.addEventListener("close", () => this.searching?.abort());
    // A click leaves the focus in the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  open(text) {
    this.field.value = text;
    this.hasMoved = false;
    this.showActions();
    this.dialog.showModal();
    this.field.focus();
    this.onInput();
  }

  /** Offer what the page has now. */
  showActions() {
    for (const { group } of this.actions) group.remove();
    this.actions = buildActions(this.list.dataset).map(readGroup);
  }

  get typed() {
    return this.field.value.trim();
  }

  onInput() {
    this.filter();
    this.search();
  }

  /** Show what fits, with the best fit first. */
  filter() {
    const { typed } = this;
    const groups = [...this.actions, ...this.destinations].map(({ group, options }) => {
      const scores = new Map(options.map((option) => [option, score(option, typed)]));
      for (const [option, points] of scores) option.hidden = !points;
      const best = Math.max(0, ...scores.values());
      group.hidden = !best;
      group.append(...(typed ? options.toSorted(byDescending((it) => scores.get(it))) : options));
      return { group, best };
    });
    if (typed) groups.sort(byDescending(({ best }) => best));
    this.list.prepend(...groups.map(({ group }) => group));
    this.list.scrollTop = 0;
    this.update();
  }

  /** Ask the server for conversations, contacts and messages. */
  async search() {
    this.searching?.abort();
    clearTimeout(this.pause);
    const { typed } = this;
    const { resultsUrl } = this.dialog.dataset;
    const isEnough = typed.length >= MIN_LENGTH || /^#?\d+$/.test(typed);
    if (!resultsUrl || !isEnough) return this.showResults("");
    const { signal } = (this.searching = new AbortController());
    await new Promise((resolve) => (this.pause = setTimeout(resolve, PAUSE)));
    const url = `${resultsUrl}?${new URLSearchParams({ q: this.field.value })}`;
    const html = await requestText(url, { signal }).catch(() => "");
    if (!signal.aborted) this.showResults(html);
  }

  showResults(html) {
    for (const group of this.list.querySelectorAll("[data-found]")) group.remove();
    const groups = parseHtml(html);
    for (const group of groups) group.dataset.found = "";
    this.list.append(...groups);
    this.update();
  }

  get shown() {
    return [...this.list.querySelectorAll("[role=option]")].filter(
      (option) => !option.hidden && !option.closest("[role=group]").hidden,
    );
  }

  update() {
    const { shown } = this;
    for (const [number, option] of shown.entries()) option.id = `command-${number}`;
    // What was chosen with the arrow keys stays chosen while more is found.
    this.activate(shown.includes(this.active) && this.hasMoved ? this.active : shown[0]);
    this.dialog.querySelector(".nothing").hidden = shown.length > 0;
    this.status.textContent = this.status.dataset.found.replace("{count}", shown.length);
  }

  activate(option) {
    for (const each of this.list.querySelectorAll("[aria-selected=true]"))
      each.setAttribute("aria-selected", "false");
    this.active = option;
    option?.setAttribute("aria-selected", "true");
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing) return;
    const step = STEPS[event.key];
    if (event.key === "Enter" && event.target === this.field) {
      event.preventDefault();
      if (this.active) this.run(this.active, event);
    } else if (step) {
      event.preventDefault();
      const { shown } = this;
      this.hasMoved = true;
      this.activate(shown.at((shown.indexOf(this.active) + step) % shown.length));
      this.active?.scrollIntoView({ block: "nearest" });
    } else if (event.key.length === 1 || event.key === "Backspace") this.hasMoved = false;
  }

  onClick(event) {
    if (event.target === this.dialog) return this.dialog.close();
    const option = event.target.closest("[role=option]");
    if (!option) return;
    // A click with Ctrl or the middle button opens a link elsewhere, as everywhere.
    if (option.href && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    this.run(option, event);
  }

  run(option, { ctrlKey, metaKey }) {
    if (option.fills) {
      this.field.value = option.fills;
      return this.onInput();
    }
    this.dialog.close();
    if (option.act) option.act();
    else follow(option, ctrlKey || metaKey);
  }
}

function score(option, typed) {
  if (!typed) return option.dataset.extra === undefined ? 1 : 0;
  if (option.fills && option.fills.trim() === typed) return 0;
  return scoreName(option.querySelector(":scope > span").textContent, typed);
}

const byDescending = (value) => (a, b) => value(b) - value(a);
const readGroup = (group) => ({
  group,
  options: [...group.querySelectorAll("[role=option]")],
});

let link;

/** Open a link: on the desk without loading the page, and with Ctrl in another tab. */
function follow({ href, dataset }, isElsewhere) {
  link?.remove();
  link = Object.assign(document.createElement("a"), { href, hidden: true });
  const target = dataset.into;
  if (isElsewhere) link.target = "_blank";
  else if (target && document.getElementById(target) && document.getElementById("desk"))
    for (const [name, value] of Object.entries({
      ...SWAP,
      target: `#${target}`,
      select: `#${target}`,
    }))
      link.setAttribute(`hx-${name}`, value);
  document.body.append(link);
  htmx.process(link);
  link.click();
}
