// How <target-picker> shows the options of its select: a line of the list, or a chip with a button that removes it.

export function group(optgroup, isWanted) {
  const options = [...optgroup.children].filter(isWanted);
  if (!options.length) return undefined;
  const section = make("div", { role: "group", ariaLabel: optgroup.label }, make("h3", { ariaHidden: "true" }, optgroup.label));
  section.append(...options.map((option) => choice(option)));
  return section;
}

function choice(option) {
  const name = make("span", { className: "name" }, make("b", {}, option.text));
  if (option.dataset.note) name.append(make("small", {}, option.dataset.note));
  const element = make("div", { role: "option", id: `option-${option.value}` }, face(option), name);
  element.dataset.value = option.value;
  return element;
}

export function chip(option, picker) {
  const label = picker.dataset.remove.replace("{name}", option.text);
  const button = make("button", { type: "button", value: option.value, ariaLabel: label, title: label }, picture("cross"));
  return make("li", {}, face(option), make("span", {}, option.text), button);
}

export const line = (text) => make("p", {}, text);

function face({ dataset: { kind, hue, face = "" } }) {
  const circle = make("span", { className: kind === "team" ? "avatar s square" : "avatar s", ariaHidden: "true" }, kind === "team" ? picture("team") : face);
  circle.dataset.hue = hue;
  return circle;
}

const picture = (name) => document.querySelector(`target-picker [data-${name}]`).firstElementChild.cloneNode(true);

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
