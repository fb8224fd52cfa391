"""Draw the growth as one SVG, readable on light and dark backgrounds."""

from html import escape

WIDTH, HEIGHT, GAP = 280, 240, 40  # of a panel, and between them
LEFT, TOP, BOTTOM = 56, 64, 76
MUST = 400  # messages stored a second
PANELS = {
    "agents": "agents, whose screens all get it",
    "conversations": "conversations before",
    "workspaces": "workspaces, each with its own agents",
}
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.small { font-size: 11px }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.must { stroke: #8c959f; stroke-dasharray: 5 4 }
.p1 { stroke: #b35900; fill: #b35900 } .p2 { stroke: #0860ca; fill: #0860ca }
polyline { fill: none !important; stroke-width: 2 }
text.p1, text.p2 { stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .p1 { stroke: #f0a35e; fill: #f0a35e } .p2 { stroke: #6cb6ff; fill: #6cb6ff }
}
"""


def draw(cells: dict[tuple[str, int, int], dict]) -> str:
    """Draw what was stored a second, with each message's milliseconds written at the point."""
    most = max([MUST, *(step["acknowledged"] for step in cells.values())])
    top = -(-most // 100) * 100
    width = LEFT + len(PANELS) * (WIDTH + GAP)
    height = TOP + HEIGHT + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-label="Messages stored a second, by agents, conversations and workspaces">',
        f"<style>{STYLE}</style>",
        '<text class="title" x="8" y="22">Messages stored a second at saturation</text>',
        text(8, 42, "At each point: milliseconds of a core a message.", "small"),
        text(width - 300, 22, "● 1 web process", "p1"),
        text(width - 170, 22, "■ 2 web processes", "p2"),
    ]
    for number, (thing, caption) in enumerate(PANELS.items()):
        left = LEFT + number * (WIDTH + GAP)
        parts += panel(thing, caption, cells, left, top)
    return "\n".join([*parts, "</svg>", ""])


def panel(thing: str, caption: str, cells: dict, left: float, top: float) -> list[str]:
    sizes = sorted({size for each, size, _ in cells if each == thing})
    processes = sorted({count for each, _, count in cells if each == thing})

    def across(size: int) -> float:
        return left + WIDTH * (sizes.index(size) + 0.5) / len(sizes)

    def down(value: float) -> float:
        return TOP + HEIGHT * (1 - value / top)

    parts = []
    for value in range(0, int(top) + 1, 100 if top <= 600 else 200):
        y = down(value)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}h{WIDTH}"/>')
        parts.append(text(left - 6, y + 4, f"{value}", "small", "end"))
    parts.append(f'<path class="must" d="M{left} {down(MUST):.1f}h{WIDTH}"/>')
    parts.append(text(left + 2, down(MUST) - 4, f"must: {MUST}", "small"))
    parts += [text(across(size), TOP + HEIGHT + 18, f"{size:,}", anchor="middle") for size in sizes]
    parts.append(text(left + WIDTH / 2, TOP + HEIGHT + 42, caption, anchor="middle"))
    for count in processes:
        found = [(size, cells[thing, size, count]) for size in sizes]
        points = [(across(size), down(step["acknowledged"]), step) for size, step in found]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        parts.append(f'<polyline class="p{count}" points="{line}"/>')
        for x, y, step in points:
            parts.append(marker(x, y, count))
            above = -8 if count == max(processes) else 16
            label = f"{step['milliseconds'] or 0:.1f}"
            parts.append(text(x, y + above, label, f"small p{count}", "middle"))
    return parts


def marker(x: float, y: float, count: int) -> str:
    if count == 1:
        return f'<circle class="p1" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    return f'<rect class="p{count}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
