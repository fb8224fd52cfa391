// Search in texts without regard to case and accents.

/** Return the text in capitals, without accents and in one width: "müller" becomes "MULLER". */
export const foldText = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().trim();

/** Return whether every word of the query is in the text. */
export const matchesQuery = (text, query) =>
  foldText(query)
    .split(/\s+/)
    .every((word) => foldText(text).includes(word));
