// Build what <target-picker> shows for the options of its select: list items and removable chips.

export function buildGroup(optgroup, isWanted) {
  const options = [...optgroup.children].filter(isWanted);
  if (!options.length) return undefined;
  const heading = make("h3", { ariaHidden: "true" }, optgroup.label);
  return make(
    "div",
    { role: "group", ariaLabel: optgroup.label },
    heading,
    ...options.map(buildItem),
  );
}

function buildItem(option) {
  const name = make("span", { className: "name" }, make("b", {}, option.text));
  if (option.dataset.note) name.append(make("small", {}, option.dataset.note));
  const item = make(
    "div",
    { role: "option", id: `option-${option.value}` },
    buildAvatar(option),
    name,
  );
  item.dataset.value = option.value;
  return item;
}

export function buildChip(option, picker) {
  const label = picker.dataset.remove.replace("{name}", option.text);
  const button = make(
    "button",
    { type: "button", value: option.value, ariaLabel: label, title: label },
    copyIcon("cross"),
  );
  return make("li", {}, buildAvatar(option), make("span", {}, option.text), button);
}

export const buildLine = (text) => make("p", {}, text);

function buildAvatar({ dataset: { kind, hue, face = "", photo } }) {
  const isTeam = kind === "team";
  const avatar = make(
    "span",
    { className: isTeam ? "avatar s square" : "avatar s", ariaHidden: "true" },
    isTeam ? copyIcon("team") : face,
  );
  avatar.dataset.hue = hue;
  if (photo) avatar.append(make("img", { src: photo, alt: "", loading: "lazy" }));
  return avatar;
}

const copyIcon = (name) =>
  document.querySelector(`target-picker [data-${name}]`).firstElementChild.cloneNode(true);

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
