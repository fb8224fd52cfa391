"""What can be delivered: a name, and the function that renders it when it is sent.

Rendering late lets one email hold everything that happened until it left. A function gets the
Delivery and returns a Letter, Postpone when it may not leave yet, or None when there is nothing to
say any more (it is cancelled).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

_renderers: dict[str, Callable] = {}
_words: dict[str, str] = {}


@dataclass
class Letter:
    """One email to one person."""

    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    from_name: str = ""  # beside our own address
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Later:
    """Not yet: it is asked again at that moment, and this was no attempt."""

    at: datetime


def renders(kind: str):
    def register(function):
        _renderers[kind] = function
        return function

    return register


def register_kind(kind: str, words) -> None:
    """What an email of this kind is about, while it has no subject yet: translated when shown."""
    _words[kind] = words


def words(kind: str) -> str:
    return str(_words.get(kind, _("An email")))


def render(delivery) -> Letter | Postpone | None:
    return _renderers[delivery.kind](delivery)


@email_renderer("email")
def render_ready_made(delivery):
    return RenderedEmail(**delivery.payload)
