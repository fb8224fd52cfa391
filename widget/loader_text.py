"""Composes the script of the embedded line for an inbox: its settings, and what they need."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from messagehub.lib.origin import parse_origin
from messagehub.lib.shortening import shorten
from widget.loader_style import launcher_style, loader_style
from widget.page_patterns import rule_regex

HERE = Path(__file__).parent
PART = re.compile(r"(?ms)^ *// @(?:if|part) (\w+)\n(.*?)^ *// @end \1\n")
USE = re.compile(r"(?m)^ *// @use (\w+)\n")
LIMIT = 4_000  # bytes, compressed
# Not translated, because only the website's developer meets it, and every byte counts here.
NO_ORIGIN = "The chat doesn't work here: it isn't on a website, but in a file or a sandboxed frame."


@cache
def script_source(name, parts: frozenset[str]) -> str:
    """Return a shortened script with these of its optional parts."""
    text = (HERE / name).read_text()
    shared = dict(PART.findall((HERE / "loader.js").read_text()))
    text = USE.sub(lambda match: shared[match[1]], text)
    text = PART.sub(lambda match: match[2] if match[1] in parts | SHARED else "", text)
    return shorten(text, name)


SHARED = {"elements", "attach_when_idle", "reattach"}  # parts that both scripts have


def loader_text(inbox, greetings=None, *, is_shown=True) -> str:
    """Compose the script of the embedded line. greetings: the inbox's, if they are loaded already.

    An inbox that greets or shows only on some pages gets the launcher alone, and the rest when the
    chat is opened (chat_text). Together they would be larger than LIMIT.
    """
    if greetings is None:
        greetings = list(inbox.page_greetings.with_sender())
    pages = rule_regex(inbox.shown_on, inbox.hidden_on)
    parts = set() if is_shown else {"closed"}
    if not (pages or greetings):
        return compose("loader.js", chat_config(inbox), parts | chat_parts(inbox))
    config = base_config(inbox) | {
        "labels": launcher_labels(inbox),
        "css": launcher_style(inbox),
        "pages": pages,
        "greetings": [describe_greeting(inbox, each) for each in greetings],
    }
    return compose("launcher.js", config, parts)


def chat_text(inbox) -> str:
    """Compose what a launcher loads when the chat is opened."""
    pages = rule_regex(inbox.shown_on, inbox.hidden_on)
    config = chat_config(inbox) | ({"pages": pages} if pages else {})
    return compose("loader.js", config, chat_parts(inbox) | {"greetings", *config} & OPTIONAL)


OPTIONAL = {"greetings", "pages"}


def compose(name, config, parts) -> str:
    # "<" could end the script element of a page that inlines the loader.
    config_json = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    # In a block of its own, so that it leaves nothing on the page.
    return f"{{const CONFIG={config_json};{script_source(name, frozenset(parts))}}}"


def base_config(inbox) -> dict:
    return {
        "site": parse_origin(settings.SITE_URL),
        "key": inbox.key,
        # The browser's, because only the page's script knows the page's. Once the chat is open,
        # the frame sends the labels in its language.
        "lang": get_language(),
    }


def chat_config(inbox) -> dict:
    config = base_config(inbox) | {"labels": loader_labels(inbox), "css": loader_style(inbox)}
    return config | ({"domain": inbox.cookie_domain} if inbox.cookie_domain else {})


def chat_parts(inbox) -> set[str]:
    needed = {"page_theme": inbox.theme == inbox.Theme.PAGE, "cookie_domain": inbox.cookie_domain}
    return {part for part, is_needed in needed.items() if is_needed}


def describe_greeting(inbox, greeting) -> dict:
    is_timed = greeting.trigger == greeting.Trigger.TIME
    greeting.inbox = inbox
    return {
        "id": greeting.short_id,
        "rule": rule_regex(greeting.pages, []),
        "after": 1000 * greeting.seconds if is_timed else 0,
        "depth": 0 if is_timed else greeting.percent,
        "name": greeting.sender_name,
        "face": greeting.sender_initials,
        "text": greeting.text,
    }


def loader_weight(inbox, greetings) -> int:
    """Return the script's compressed bytes, in the language in which it has most of them."""
    greetings = list(greetings)
    weights = []
    for code, _name in settings.VISITOR_LANGUAGES:
        with override(code):
            text = loader_text(inbox, greetings, is_shown=False)
            weights.append(len(gzip.compress(text.encode(), 9)))
    return max(weights)


def launcher_labels(inbox) -> dict:
    labels = loader_labels(inbox)
    used = {name: labels[name] for name in ("open", "launcher", "unreachable") if name in labels}
    return used | {"dismiss": _("Dismiss")}


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
