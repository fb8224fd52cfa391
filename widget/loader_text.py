"""Composes the script of the embedded line for an inbox: its settings, and what they need."""

import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from messagehub.lib.origin import parse_origin
from messagehub.lib.shortening import shorten
from widget.loader_style import loader_style

SOURCE = Path(__file__).with_name("loader.js")
# Not translated, because only the website's developer meets it, and every byte counts here.
NO_ORIGIN = (
    "The chat doesn't work on this page because it isn't on a website. It's a local file or in a "
    "sandboxed frame."
)
PART = re.compile(r"(?ms)^ *// @if (\w+)\n(.*?)^ *// @end\n")


@cache
def loader_source(parts: frozenset[str]) -> str:
    """Return the shortened script with these of its optional parts."""
    text = PART.sub(lambda match: match[2] if match[1] in parts else "", SOURCE.read_text())
    return shorten(text, SOURCE.name)


def needed_parts(inbox) -> frozenset[str]:
    needed = {"page_theme": inbox.theme == inbox.Theme.PAGE, "cookie_domain": inbox.cookie_domain}
    return frozenset(part for part, is_needed in needed.items() if is_needed)


def loader_text(inbox) -> str:
    config = {
        "site": parse_origin(settings.SITE_URL),
        "key": inbox.key,
        # The browser's, because only the page's script knows the page's. Once the chat is open,
        # the frame sends the labels in its language.
        "lang": get_language(),
        "labels": loader_labels(inbox),
        "css": loader_style(inbox),
    }
    if inbox.cookie_domain:
        config["domain"] = inbox.cookie_domain
    # "<" could end the script element of a page that inlines the loader.
    config_json = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    # In a block of its own, so that nothing of it is left on the page.
    return f"{{const CONFIG={config_json};{loader_source(needed_parts(inbox))}}}"


def loader_labels(inbox) -> dict:
    labels = {
        "open": _("Open the chat"),
        "close": _("Close the chat"),
        "title": _("Chat"),
        "unreachable": _("The chat is unavailable right now. Try again in a moment."),
        "noOrigin": NO_ORIGIN,
        "retry": _("Try again"),
        "hide": _("Close"),
    }
    if text := inbox.launcher_label:
        # The name contains the text, so that people can say what they see (WCAG 2.5.3).
        labels |= {"launcher": text}
        for name in ("open", "close"):
            labels[name] = f"{text}. {labels[name]}"
    return labels
