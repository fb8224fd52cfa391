"""Write source maps, with which a browser shows the files that a joined file was made from."""

import json
from dataclasses import dataclass
from posixpath import dirname, relpath

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass
class Line:
    """A line, and the file and line (from 0) that it comes from, if it comes from one."""

    text: str
    source: str = ""
    number: int = 0


def build_source_map(name: str, lines: list[Line], sources: dict[str, str]) -> str:
    """Return a map of lines, not of columns (ECMA-426)."""
    positions = {source: position for position, source in enumerate(sources)}
    mappings = []
    previous = (0, 0)
    for line in lines:
        if not line.source:
            mappings.append("")
            continue
        current = (positions[line.source], line.number)
        source, number = (now - before for now, before in zip(current, previous, strict=True))
        mappings.append("A" + encode(source) + encode(number) + "A")
        previous = current
    return json.dumps(
        {
            "version": 3,
            "sources": [relpath(source, dirname(name) or ".") for source in sources],
            "sourcesContent": list(sources.values()),
            "names": [],
            "mappings": ";".join(mappings),
        }
    )


def encode(number: int) -> str:
    """Return the number in base 64: five bits a digit, the lowest first, after a bit of sign."""
    rest = abs(number) << 1 | (number < 0)
    digits = ""
    while True:
        digit, rest = rest & 31, rest >> 5
        digits += DIGITS[digit | (32 if rest else 0)]
        if not rest:
            return digits
