"""What somebody's availability has become, told to the screens and to whoever decides upon it."""

import logging
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Q

from messagehub.lib.live.publish import publish
from teams import presence
from teams.availability import with_availability
from teams.models import Membership, StatusChange
from teams.signals import availability_changed

logger = logging.getLogger(__name__)


def publish_status_changes(*memberships, by=None):
    """Tell the open screens, and whoever decides upon it (routing), in one transaction.

    memberships: of one workspace; what follows is done once for all of them. What changed is
    written into the timeline of states; by: the administrator who caused it.
    """
    if not memberships:
        return
    with transaction.atomic():
        people = publish_status(*memberships, by=by)
        there = [each for each in people if each.availability.can_take_chats]
        availability_changed.send(Membership, memberships=people, became_available=there)


def lock_member(membership):
    [locked] = lock_members([membership])
    return locked


def lock_members(memberships):
    """In one order, or two who lock the same people would wait for each other.

    Read after the lock: rows joined to one that was waited for come from before the wait.
    """
    members = Membership.objects.filter(pk__in=[each.pk for each in memberships]).order_by("pk")
    list(members.select_for_update(no_key=True).values_list("pk"))
    return list(members.with_related())


def publish_status(*memberships, by=None):
    """The screens and the timeline of states alone: it brings nobody a chat.

    Returns them as they are now, each with .availability.
    """
    with transaction.atomic():
        people = with_availability(lock_members(memberships))
        write_down([each for each in people if is_news(each)], by)
        for membership in people:
            tell(membership)
    return people


def is_news(membership):
    """Redis that is away, or has forgotten, says nothing about a person: that is no state."""
    return membership.availability.status not in (membership.announced_status, "unknown")


def write_down(people, by):
    """In the words of their .availability. There are few codes, however many people there are."""
    for membership in people:
        membership.announced_status = membership.availability.status
    for code in {each.announced_status for each in people}:
        same = [each.pk for each in people if each.announced_status == code]
        Membership.objects.filter(pk__in=same).update(announced_status=code)
    StatusChange.objects.bulk_create(
        StatusChange(workspace_id=each.workspace_id, membership=each, code=each.announced_status, by=by)
        for each in people
    )


def tell(membership):
    now = membership.availability
    publish(
        f"workspace:{membership.workspace_id}",
        "presence",
        {"membership": str(membership.pk), "state": now.state, "sentence": now.sentence},
    )


def publish_stale_statuses():
    """Hours begin and end, tabs fall silent: whoever is another now than was told is announced.

    Returns how many.
    """
    announced = 0
    for _workspace, members in by_workspace(may_have_changed()):
        announced += announce_safely(*who_changed(list(members)))
    return announced


def who_changed(members):
    """Of one workspace. Whoever's hours cannot be read is logged and left out."""
    try:
        return [each for each in with_availability(members) if is_news(each)]
    except Exception:
        if len(members) > 1:
            return [found for each in members for found in who_changed([each])]
        logger.exception("availability of %s", members[0].pk)
        return []


def publish_status_changes(*memberships, one_by_one=True) -> int:
    """What goes wrong with one is logged and does not hold up the others: each is tried alone then,
    and the sweep repeats it. Returns how many were announced."""
    try:
        publish_status_changes(*memberships)
    except Exception:
        if len(memberships) > 1:
            return sum(publish_status_changes(each, one_by_one=True) for each in memberships)
        logger.exception("availability of %s", memberships[0].pk)
        return 0
    return len(memberships)


def may_have_changed():
    """Those with a page open, those who were last told to be anything else than offline, and
    those with a schedule: the state of no one else changes by itself.

    Those who lost access are among them until that was announced, which may have failed.
    """
    scheduled = ~Q(hours={}) | ~Q(workspace__holidays=[])
    somehow_there = Q(pk__in=presence.find_all_online()) | ~Q(announced_status="offline")
    active = Membership.objects.active().filter(scheduled | somehow_there)
    lost_access = Q(user__is_active=False) | ~Q(removed_at=None, suspended_at=None)
    unannounced = Membership.objects.filter(lost_access, workspace__deleted_at=None)
    return (active | unannounced.exclude(announced_status="suspended")).with_related()


def by_workspace(members):
    in_order = members.order_by("workspace", "pk")
    return groupby(in_order.iterator(), key=attrgetter("workspace_id"))
