"""The orders of the desk's lists, and the positions from which their next pages continue."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import parse_number

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # of a contact who isn't waiting: after all who are


@dataclass(frozen=True)
class ListOrder:
    """An order by a time, if there is one, and then by the number, so that no two are equal."""

    label: Promise
    time: str = ""
    is_descending: bool = True

    def sort(self, conversations, *, ignoring_index=False):
        """Sort the rows.

        ignoring_index: for a few of many, because an index in this order would be read as a whole.
        """
        keys = [*self.times, F("number")]
        if ignoring_index:
            keys[0] += timedelta() if self.time else 0
        return conversations.order_by(
            *(key.desc() if self.is_descending else key.asc() for key in keys)
        )

    def after(self, conversations, position):
        """Return those after a position, or all if it is None."""
        if position is None:
            return conversations
        time, number = position
        if not self.time:
            return conversations.filter(
                **{"number__lt" if self.is_descending else "number__gt": number}
            )
        compare = TupleLessThan if self.is_descending else TupleGreaterThan
        return conversations.filter(compare(Tuple(*self.times, "number"), (time, number)))

    @property
    def times(self):
        if self.time == "waiting_since":
            return [Coalesce("waiting_since", NEVER)]
        return [F(self.time)] if self.time else []

    def position_of(self, conversation) -> str:
        """Return a conversation's position, for the link to the next page."""
        time = getattr(conversation, self.time) or NEVER if self.time else ""
        return f"{time and time.isoformat()}/{conversation.number}"

    def parse_position(self, text) -> tuple | None:
        """Read what position_of() wrote, or None if it is something else."""
        time, _slash, number = text.partition("/")
        time, number = parse_time(time), parse_number(number)
        return None if number is None or bool(time) != bool(self.time) else (time, number)


ORDERS = {
    "latest": ListOrder(_("Latest activity"), "last_activity_at"),
    "waiting": ListOrder(_("Longest waiting"), "waiting_since", is_descending=False),
    "newest": ListOrder(_("Newest")),
    "oldest": ListOrder(_("Oldest"), is_descending=False),
}
LATEST_MENTION = ListOrder(_("Latest mention"), "mentioned_at")


def parse_time(text):
    try:
        time = parse_datetime(text)
        return time and time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
