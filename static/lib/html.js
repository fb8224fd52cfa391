// Read HTML that the server sent.

/** Return the elements of an HTML fragment. */
export function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/** Return the server's error message: from a partial with .problem, or from JSON {"error"}. */
export function findErrorMessage(text = "") {
  if (text.startsWith("{")) return JSON.parse(text).error;
  return new DOMParser().parseFromString(text, "text/html").querySelector(".problem")?.textContent;
}
