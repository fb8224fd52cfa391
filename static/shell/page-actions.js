// What the page offers this member, as options of the command bar: [data-command] names a button, a
// link or a select of the page, and choosing the option presses it.

const MOST = 12; // of a group that are shown before someone types

/** Return a group of options about the open conversation, and one of the others. */
export function buildActions({ conversation, here }) {
  const { true: about = [], false: others = [] } = Object.groupBy(
    findActions(),
    isAboutConversation,
  );
  return [buildGroup(conversation, about), buildGroup(here, others)];
}

const isAboutConversation = ({ source }) => Boolean(source.closest("#conversation"));

function findActions() {
  return [...document.querySelectorAll("[data-command]")].filter(isOffered).flatMap((source) => {
    if (source.matches("select")) return assigning(source);
    const { command, commandOn, commandExtra } = source.dataset;
    const name = source.ariaChecked === "true" ? commandOn : command;
    return { name, source, isExtra: commandExtra !== undefined, act: () => press(source) };
  });
}

/** Return whether a control can be used, even if it is in a menu that is closed. */
function isOffered(source) {
  if (source.disabled) return false;
  let element = source;
  for (;;) {
    const menu = element.closest("[popover]:not(:popover-open)");
    if (!menu || menu.checkVisibility()) return hasBox(element);
    element = menu.parentElement;
  }
}

// checkVisibility() is false for an element whose children alone are laid out.
function hasBox(element) {
  const isTransparent = getComputedStyle(element).display === "contents";
  return isTransparent ? hasBox(element.parentElement) : element.checkVisibility();
}

/** Return a command for each option of the select that is not chosen. */
function assigning(select) {
  const { command, commandPrompt, commandNone, commandMe } = select.dataset;
  const { me } = document.body.dataset;
  const options = [...select.options].filter((option) => option.value !== select.value);
  const actions = options.map(({ value, textContent }) => ({
    name:
      value === me ? commandMe : value ? command.replace("{name}", () => textContent) : commandNone,
    source: select,
    isExtra: value !== me,
    act() {
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
  }));
  const fills = command.replace("{name}", "");
  return [{ name: commandPrompt, source: select, fills }, ...actions];
}

/** Press a button, in a menu of a narrow page too. */
function press(source) {
  const hotKey = source.closest("hot-key");
  if (hotKey) hotKey.press();
  else source.click();
}

function buildGroup(label, actions) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.ariaLabel = label;
  const heading = Object.assign(document.createElement("h2"), { textContent: label });
  heading.ariaHidden = "true";
  group.append(heading, ...actions.map(buildOption));
  let shown = 0;
  for (const option of group.querySelectorAll("[role=option]:not([data-extra])"))
    if ((shown += 1) > MOST) option.dataset.extra = "";
  return group;
}

function buildOption({ name, source, isExtra, fills, act }) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  Object.assign(option, { fills, act });
  if (isExtra) option.dataset.extra = "";
  const icon = findIcon(source);
  const text = Object.assign(document.createElement("span"), {
    textContent: name.trim(),
    dir: "auto",
  });
  option.append(icon, text);
  const key = source.closest("hot-key")?.getAttribute("key");
  if (key) {
    option.ariaKeyShortcuts = key;
    option.append(
      Object.assign(document.createElement("kbd"), { textContent: key, ariaHidden: "true" }),
    );
  }
  return option;
}

/** Return a copy of the icon of a control, or the one it names for here. */
function findIcon(source) {
  const { commandIcon } = source.dataset;
  const icon = source.querySelector(".icon") ?? document.querySelector(".rail .icon");
  const copy = icon.cloneNode(true);
  const use = copy.querySelector("use");
  if (commandIcon)
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${commandIcon}`));
  return copy;
}
