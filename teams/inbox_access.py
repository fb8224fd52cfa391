"""Which inboxes a member answers.

Inboxes belong to an app above this one: they are read through relations, and set by a signal.
"""

from teams.models import Membership
from teams.signals import inboxes_chosen


def inbox_ids_of(membership) -> list:
    return list(membership.inbox_memberships.values_list("inbox", flat=True))


def inbox_names(inboxes) -> list[str]:
    return sorted(inbox.name for inbox in inboxes)


def set_inboxes(membership, inbox_ids) -> None:
    inboxes_chosen.send(Membership, membership=membership, inbox_ids=inbox_ids)
