/** Small letters without their accents: "muller" finds Müller. */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** Do all the words that were typed stand in the text? */
export const matches = (text, typed) => fold(typed).split(/\s+/).every((word) => fold(text).includes(word));
