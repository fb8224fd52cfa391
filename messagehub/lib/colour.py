"""Colours as #rrggbb, and which text is readable on them."""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
MIN_CONTRAST = 4.5  # between a text and its background (WCAG 2.2, 1.4.3)


def is_colour(text: str) -> bool:
    return bool(COLOUR.fullmatch(text))


def text_colour_on(colour: str) -> str:
    """Choose white if it is readable on this colour, else black, which then is."""
    return "#ffffff" if contrast(colour, "#ffffff") >= MIN_CONTRAST else "#000000"


def contrast(one: str, other: str) -> float:
    """Compute the contrast ratio as WCAG defines it: 1 (equal) to 21 (black and white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Compute the relative luminance: 0 (black) to 1 (white)."""
    red, green, blue = (linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
