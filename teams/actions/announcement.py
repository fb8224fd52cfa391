"""What somebody's availability has become, told to the screens and to whoever decides upon it."""

import logging
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Q

from messagehub.lib.live.publish import publish
from teams import presence
from teams.availability import availability, with_availability
from teams.models import Membership, StateChange
from teams.signals import availability_changed

logger = logging.getLogger(__name__)


def announce_availability(membership, *, by=None):
    """Tell the open screens, and whoever decides upon it (routing), in one transaction.

    What changed is written into the timeline of states; by: the administrator who caused it.
    """
    with transaction.atomic():
        membership, now = show_availability(membership, by=by)
        availability_changed.send(
            Membership, membership=membership, became_available=now.can_take_chats
        )


def lock_member(membership):
    """Read after the lock: rows joined to one that was waited for come from before the wait."""
    list(Membership.objects.select_for_update(no_key=True).filter(pk=membership.pk))
    return Membership.objects.with_person().get(pk=membership.pk)


def show_availability(membership, *, by=None):
    """The screens and the timeline of states alone: it brings nobody a chat."""
    with transaction.atomic():
        membership = lock_member(membership)
        now = availability(membership, presence.online(membership.workspace_id))
        if now.code != membership.told_code:
            write_down(membership, now.code, by)
        tell(membership, now)
    return membership, now


def write_down(membership, code, by):
    """Redis that is away, or has forgotten, says nothing about a person: that is no state."""
    if code == "presence_unknown":
        return
    membership.told_code = code
    membership.save(update_fields=["told_code"])
    StateChange.objects.create(
        workspace_id=membership.workspace_id, membership=membership, code=code, by=by
    )


def tell(membership, now):
    publish(
        f"workspace:{membership.workspace_id}",
        "presence",
        {"membership": str(membership.pk), "state": now.state, "sentence": now.sentence},
    )


def announce_what_changed():
    """Hours begin and end, tabs fall silent: whoever is another now than was told is announced.

    Returns how many.
    """
    announced = 0
    for _workspace, members in by_workspace(may_have_changed()):
        for membership in with_availability(members):
            if membership.availability.code not in (membership.told_code, "presence_unknown"):
                announced += announce_safely(membership)
    return announced


def announce_safely(membership) -> bool:
    """What goes wrong with one is logged and does not hold up the others: the sweep repeats it."""
    try:
        announce_availability(membership)
    except Exception:
        logger.exception("availability of %s", membership.pk)
        return False
    return True


def may_have_changed():
    """Those with a page open, those who were last told to be anything else than offline, and
    those with a schedule: nobody else's state changes by itself."""
    scheduled = ~Q(hours={}) | ~Q(workspace__holidays=[])
    somehow_there = Q(pk__in=presence.everybody_online()) | ~Q(told_code="offline")
    members = Membership.objects.active().filter(scheduled | somehow_there)
    return members.with_person().order_by("workspace", "pk")


def by_workspace(members):
    return groupby(members.iterator(), key=attrgetter("workspace_id"))
