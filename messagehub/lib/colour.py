"""Colours that people choose, as #rrggbb."""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
READABLE = 4.5  # WCAG 2.2, 1.4.3: the least contrast of text with what is behind it


def is_colour(text: str) -> bool:
    return bool(COLOUR.fullmatch(text))


def text_colour_on(colour: str) -> str:
    """White where it can be read on this colour, else black, which then can."""
    return "#ffffff" if contrast(colour, "#ffffff") >= READABLE else "#000000"


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black and white), as WCAG defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """0 (black) to 1 (white)."""
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
