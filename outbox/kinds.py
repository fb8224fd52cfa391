"""The kinds of email: a name, a label, and the function that renders it when it is sent.

Rendering late lets one email cover everything that happened until it left.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

_renderers: dict[str, Callable] = {}
_labels: dict[str, str] = {}


@dataclass
class RenderedEmail:
    """One email to one person."""

    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    from_name: str = ""  # shown next to our own address
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Postpone:
    """Render the email again at that time; this doesn't count as an attempt."""

    at: datetime


def email_renderer(kind: str):
    """Register a function that renders a Delivery.

    It returns a RenderedEmail, Postpone if the email may not leave yet, or None to cancel it
    because there is nothing left to say.
    """

    def register(function):
        _renderers[kind] = function
        return function

    return register


def register_kind(kind: str, label) -> None:
    """Set the label of a kind, which is shown until the email has a subject."""
    _labels[kind] = label


def kind_label(kind: str) -> str:
    return str(_labels.get(kind, _("An email")))


def render(delivery) -> RenderedEmail | Postpone | None:
    return _renderers[delivery.kind](delivery)


@email_renderer("email")
def render_ready_made(delivery):
    return RenderedEmail(**delivery.payload)
