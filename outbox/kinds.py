"""What can be delivered: a name, and the function that renders it when it is sent.

Rendering late lets one email hold everything that happened until it left. A function gets the
Delivery and returns a Letter, or None when there is nothing to say any more (it is cancelled).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

_renderers: dict[str, Callable] = {}


@dataclass
class Letter:
    """One email to one person."""

    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def renders(kind: str):
    def register(function):
        _renderers[kind] = function
        return function

    return register


def render(delivery) -> Letter | None:
    return _renderers[delivery.kind](delivery)


@renders("email")
def ready_made(delivery):
    return Letter(**delivery.payload)
