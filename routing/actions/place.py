"""What an inbox can do with its conversations at this moment, before each is locked and asked."""

import logging
from dataclasses import dataclass

from inbox.models import Inbox
from routing.candidates import list_candidates
from routing.choice import choose_lead
from routing.models import Routing

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """available: ids of those it could give one to; owners: ids of those who can own
    a chat of it, while the owner's route is on."""

    available: frozenset = frozenset()
    leads: bool = False
    owners: frozenset = frozenset()

    @property
    def is_free(self):
        return bool(self.available) or self.leads

    def takes(self, owner):
        """A waiting conversation, whose contact has this owner (or None)."""
        return self.is_free or owner in self.owners

    def takes_from(self, assignee, passed_by, owner):
        """An overdue one: is there anybody else?"""
        others = self.available | ({owner} & self.owners)
        return bool(others - {assignee, None, *passed_by})


class Places:
    """Each inbox is looked at once; forget() after something showed that it may be another."""

    def __init__(self):
        self.known = {}

    def of(self, inbox) -> Place:
        if inbox not in self.known:
            self.known[inbox] = safely_find(inbox)
        return self.known[inbox]

    def forget(self, inbox):
        self.known.pop(inbox, None)

    @property
    def full(self):
        """Inboxes that nobody takes chats of."""
        return [inbox for inbox, place in self.known.items() if not place.is_free]


def safely_find(inbox):
    """What goes wrong in one inbox is logged and does not hold up the others."""
    try:
        return find_place(Inbox.objects.select_related("workspace").get(pk=inbox))
    except Exception:
        logger.exception("candidates of inbox %s", inbox)
        return Place()


def find_place(inbox):
    routing = Routing.objects.of(inbox)
    candidates = list_candidates(inbox, routing)
    return Place(
        available=frozenset(each.membership_id for each in candidates if each.is_available),
        leads=routing.leads == Routing.Leads.TURN and choose_lead(candidates) is not None,
        owners=frozenset(inbox.answerers.values_list("pk", flat=True))
        if routing.to_owner
        else frozenset(),
    )
