// Variables of canned replies that have no value (inbox/reply_variables.py).
const VARIABLE = /(?<!\\)\{\{\s*([^{}|]*?)\s*(?:\|[^{}]*)?\}\}/g;

/** Return the matches of {{variables}} in a text; the name is group 1. */
export const findUnfilled = (text) => [...text.matchAll(VARIABLE)];
