// What the server says went wrong: a partial with .problem, or JSON {"error"}; else nothing.
export function wordsOf(text = "") {
  if (text.startsWith("{")) return JSON.parse(text).error;
  return new DOMParser().parseFromString(text, "text/html").querySelector(".problem")?.textContent;
}
