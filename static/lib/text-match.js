/** Capital letters without their accents, of one width: "muller" finds Müller, "istanbul" finds İstanbul and ISTANBUL. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().trim();

/** Do all the words that were typed stand in the text? */
export const matches = (text, typed) => fold(typed).split(/\s+/).every((word) => fold(text).includes(word));
