// Read a colour that was typed, and choose the text colour on it.
const COLOUR = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;

/** Return the colour as #rrggbb, or undefined if the text is no colour. */
export function parseColour(text) {
  const digits = COLOUR.exec(text.trim())?.[1];
  return digits && `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}`.toLowerCase();
}

/** Return white where WCAG calls it readable, else black. Same rule as messagehub/lib/colour.py. */
export function chooseTextColour(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) =>
    linearize(parseInt(colour.slice(start, start + 2), 16) / 255),
  );
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5 ? "#fff" : "#000";
}

function linearize(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
