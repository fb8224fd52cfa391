// Compare what someone types with the names of commands.
import { foldText } from "./text-match.js";

const [STARTS, WORD_STARTS, INCLUDES, LETTERS] = [4, 3, 2, 1];

/**
 * Return how well a name fits: 0 if not, and more the better. Every word that was typed has to be
 * in the name: at its beginning, at that of a word, anywhere, or as letters in this order.
 */
export function scoreName(name, typed) {
  const text = foldText(name);
  const scores = foldText(typed)
    .split(/\s+/)
    .map((word) => scoreWord(text, word));
  if (scores.includes(0)) return 0;
  return scores.reduce((sum, score) => sum + score) / scores.length - text.length / 1_000;
}

function scoreWord(text, word) {
  if (text.startsWith(word)) return STARTS;
  if (text.split(/[\s:#“]+/).some((each) => each.startsWith(word))) return WORD_STARTS;
  if (text.includes(word)) return INCLUDES;
  return word.length > 1 && hasLetters(text, word) ? LETTERS : 0;
}

/** Return whether the letters come in this order, the first one at the beginning of a word. */
function hasLetters(text, word) {
  return text.split(/\s+/).some((_, number, words) => {
    let rest = words.slice(number).join(" ");
    if (rest[0] !== word[0]) return false;
    for (const letter of word) {
      const position = rest.indexOf(letter);
      if (position < 0) return false;
      rest = rest.slice(position + 1);
    }
    return true;
  });
}
