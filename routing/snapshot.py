"""What an inbox can do with its conversations at this moment, before each is locked and asked."""

import logging
from dataclasses import dataclass, field

from django.utils import timezone

from inbox.models import Inbox
from routing.candidates import list_candidates
from routing.policy import AVAILABLE, choose_lead
from routing.models import Routing
from teams import presence
from teams.availability import status_of
from inbox.open_counts import count_open_conversations

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """candidates: everybody routing would ask; owners: ids of those who can own a chat of it, while
    the owner's route is on; owners_there: those of them who are available."""

    candidates: tuple = ()
    has_leads: bool = False
    owners: frozenset = frozenset()
    owners_there: frozenset = frozenset()
    answers: dict = field(default_factory=dict, compare=False)  # {who put it back: is_free_without}

    def takes(self, owner, released_by):
        """A waiting conversation, whose contact has this owner (or None)."""
        if owner in self.owners and owner not in released_by:
            return True
        gave_up = frozenset(released_by)
        if gave_up not in self.answers:
            self.answers[gave_up] = self.is_free_without(gave_up)
        return self.answers[gave_up]

    def is_free_without(self, gave_up):
        asked = [each for each in self.candidates if each.membership_id not in gave_up]
        if any(each.is_available for each in asked):
            return True
        return self.has_leads and choose_lead(asked) is not None

    def takes_from(self, assignee, timed_out_for, owner):
        """An overdue one: is there anybody else?"""
        there = {each.membership_id for each in self.candidates if each.is_available}
        others = there | ({owner} & self.owners_there)
        return bool(others - {assignee, *timed_out_for})


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


def safely_find(inbox):
    """What goes wrong in one inbox is logged and does not hold up the others."""
    try:
        return find_place(Inbox.objects.select_related("workspace").get(pk=inbox))
    except Exception:
        logger.exception("candidates of inbox %s", inbox)
        return Place()


def find_place(inbox):
    routing = Routing.objects.of(inbox)
    owners = list(inbox.possible_assignees) if routing.to_owner else []
    return Place(
        candidates=tuple(list_candidates(inbox, routing)),
        has_leads=routing.leads == Routing.Leads.ASSIGN,
        owners=frozenset(each.pk for each in owners),
        owners_there=there(inbox, owners),
    )


def there(inbox, owners):
    """Who of them could be given one now."""
    if not owners or not inbox.opening_hours.is_open(timezone.now()):
        return frozenset()
    online = presence.find_online(inbox.workspace_id)
    limited = [each.pk for each in owners if each.capacity is not None]
    loads = count_open_conversations(inbox.workspace_id, limited)
    codes = {each.pk: status_of(each, online, open_count=loads.get(each.pk, 0)) for each in owners}
    return frozenset(pk for pk, code in codes.items() if code == AVAILABLE)
