// Format what is selected in the composer with Markdown (messagehub/lib/markdown_rules.py). Doing
// it twice takes it back.
import { replaceText } from "../lib/text-edit.js";

const MARKS = { bold: "**", italic: "_", code: "`" };
const LINE = /^(\s*(?:(?:[-*>]|\d{1,3}[.)])\s+)?)(.*?)(\s*)$/;
const ITEM = /^(\s*)- /;
const URL = /^https?:\/\/\S+$/;
const NEW_URL = "https://";

/** Format the selection of a field: kind is bold, italic, list, link or code. */
export function format(field, kind) {
  const { value, selectionStart, selectionEnd } = field;
  const { start, end, text, select } = formatText(kind, value, selectionStart, selectionEnd);
  replaceText(field, start, end, text, select);
}

export const use = (button) => format(button.form.elements.body, button.dataset.format);

/** Return { start, end, text, select }: what replaces which part, and what is selected in it. */
export function formatText(kind, value, start, end) {
  if (kind === "list") return formatList(value, start, end);
  const isLong = value.slice(start, end).includes("\n");
  if (kind === "code" && isLong) return formatCodeBlock(value, start, end);
  const trimmed = trim(value, start, end);
  if (kind === "link") return formatLink(value, ...trimmed);
  return isLong
    ? formatLines(MARKS[kind], value, start, end)
    : formatWords(MARKS[kind], value, ...trimmed);
}

// Markup beside a space doesn't format.
function trim(value, start, end) {
  const chosen = value.slice(start, end);
  if (!chosen.trim()) return [start, end];
  return [start + chosen.length - chosen.trimStart().length, start + chosen.trimEnd().length];
}

function formatWords(mark, value, start, end) {
  const size = mark.length;
  const text = value.slice(start, end);
  const around = [value.slice(start - size, start), value.slice(end, end + size)];
  if (start >= size && around.every((each) => each === mark))
    return { start: start - size, end: end + size, text, select: [0, text.length] };
  if (isMarked(text, mark)) {
    const bare = text.slice(size, -size);
    return { start, end, text: bare, select: [0, bare.length] };
  }
  return { start, end, text: mark + text + mark, select: [size, size + text.length] };
}

const isMarked = (text, mark) =>
  text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);

function formatLines(mark, value, start, end) {
  const lines = value.slice(start, end).split("\n");
  const parts = lines.map((line) => line.match(LINE).slice(1));
  const isDone = parts.every(([, words]) => !words || isMarked(words, mark));
  const change = (words) =>
    isDone
      ? words.slice(mark.length, -mark.length)
      : isMarked(words, mark)
        ? words
        : mark + words + mark;
  const text = parts
    .map(([before, words, after]) => before + (words && change(words)) + after)
    .join("\n");
  return { start, end, text, select: [0, text.length] };
}

function formatList(value, from, to) {
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const next = value.indexOf("\n", to > from && value[to - 1] === "\n" ? to - 1 : to);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const isList = lines.every((line) => ITEM.test(line) || !line.trim());
  const isEmpty = lines.length === 1 && !lines[0];
  const text = lines
    .map((line) => {
      if (isList && !isEmpty) return line.replace(ITEM, "$1");
      return ITEM.test(line) || !(line.trim() || isEmpty) ? line : `- ${line}`;
    })
    .join("\n");
  return { start, end, text, select: from === to ? undefined : [0, text.length] };
}

function formatCodeBlock(value, start, end) {
  const code = value.slice(start, end).replace(/^\n+|\n+$/g, "");
  const before = start && value[start - 1] !== "\n" ? "\n```\n" : "```\n";
  const after = end < value.length && value[end] !== "\n" ? "\n```\n" : "\n```";
  const select = [before.length, before.length + code.length];
  return { start, end, text: before + code + after, select };
}

function formatLink(value, start, end) {
  const text = value.slice(start, end);
  if (URL.test(text)) return { start, end, text: `[](${text})`, select: [1, 1] };
  const from = text.length + 3;
  return { start, end, text: `[${text}](${NEW_URL})`, select: [from, from + NEW_URL.length] };
}
