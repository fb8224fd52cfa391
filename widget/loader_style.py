"""Composes the styles that an inbox's website needs: the common ones, and the inbox's own.

The chat's frame gets the same colours (frame_style).
"""

import re
from functools import cache
from pathlib import Path

from inbox.models import Inbox

HERE = Path(__file__).parent
GAP = 12  # pixels between the launcher and the card
DEFAULTS = (
    {"accent": "oklch(52% .19 262)", "accent-ink": "#fff"},
    {"accent": "oklch(68% .15 262)", "accent-ink": "#111"},
)
SURFACES = ({"surface": "#fff"}, {"surface": "oklch(20% .013 262)"})
BUBBLE = 56  # pixels
PILL = 48
TAB = 40


def loader_style(inbox) -> str:
    """Return the styles of the launcher and the chat."""
    return compose("launcher.css", "chat.css", inbox=inbox)


def launcher_style(inbox) -> str:
    """Return the styles of the launcher and of the greeting beside it."""
    return compose("launcher.css", "bubble.css", inbox=inbox)


def compose(*names, inbox) -> str:
    common = "".join(map(read_style, names))
    return common + colours(inbox) + position(inbox) + launcher(inbox)


@cache
def read_style(name) -> str:
    return squeeze((HERE / name).read_text())


def squeeze(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>~]) ?", r"\1", css)
    css = re.sub(r"(?<=[a-z\])]): ", ":", css).replace(" !important", "!important")
    css = re.sub(r"(?<![\d.])0\.(?=\d)", ".", css)
    return css.replace(";}", "}").strip()


def colours(inbox) -> str:
    """Return the rules that set the colours, and whether they are the light or the dark ones."""
    light, dark = (
        surface | accent for surface, accent in zip(SURFACES, accents(inbox), strict=True)
    )
    theme = inbox.theme
    if theme == Inbox.Theme.LIGHT:
        return rule("light", light)
    if theme == Inbox.Theme.DARK:
        return rule("dark", dark)
    if theme == Inbox.Theme.PAGE:
        both = {name: f"light-dark({light[name]},{dark[name]})" for name in light}
        # Older browsers show the light colours.
        supported = f"@supports(color:light-dark(red,red)){{:host{{{variables(both)}}}}}"
        return rule("inherit", light) + supported
    return (
        rule("light dark", light)
        + f"@media(prefers-color-scheme:dark){{:host{{{variables(dark)}}}}}"
    )


def rule(scheme: str, values: dict) -> str:
    return f":host{{color-scheme:{scheme}!important;{variables(values)}}}"


def variables(values: dict) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())


def accents(inbox) -> tuple[dict, dict]:
    chosen = inbox.accents
    if chosen is None:
        return DEFAULTS
    light, dark = ({"accent": colour, "accent-ink": ink} for colour, ink in chosen)
    return light, dark


def frame_style(inbox) -> str:
    """Return the colours of the chat's frame, or "" for the default ones."""
    if inbox.accents is None:
        return ""
    light, dark = accents(inbox)
    # Of --light and --dark, one is undefined and the other empty (static/widget/frame/colours.css).
    both = {name: f"var(--light,{light[name]}) var(--dark,{dark[name]})" for name in light}
    return f":root{{{variables(both)}}}"


def launcher_height(inbox) -> int:
    if inbox.launcher == Inbox.Launcher.TAB:
        return TAB
    return PILL if inbox.launcher_text else BUBBLE


def position(inbox) -> str:
    side, bottom = inbox.side_offset, inbox.bottom_offset
    if inbox.launcher == Inbox.Launcher.TAB:
        bottom = 0
    above = bottom + launcher_height(inbox) + GAP
    inline = f"{side}px auto" if inbox.side == Inbox.Side.START else f"auto {side}px"
    return (
        f".round,.card,.bubble{{inset-inline:{inline};bottom:{above}px}}"
        f".round{{bottom:{bottom}px}}"
        f".card{{max-height:calc(100vh - {above + 20}px)}}"
    )


def launcher(inbox) -> str:
    """Return the launcher's shape: a circle, or as wide as its text."""
    if not inbox.launcher_label:
        return f".round{{padding:0;width:{BUBBLE}px;height:{BUBBLE}px;border-radius:50%}}"
    is_tab = inbox.launcher == Inbox.Launcher.TAB
    corners = "12px 12px 0 0" if is_tab else f"{PILL // 2}px"
    return (
        f".round{{padding:0 18px 0 14px;height:{launcher_height(inbox)}px;border-radius:{corners};"
        "grid-auto-flow:column;gap:8px;max-width:calc(100vw - 40px)}"
    )
