"""Publish members' availability to open screens and to routing."""

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
from teams.statuses import AvailabilityStatus

logger = logging.getLogger(__name__)


def publish_status_changes(*memberships, by=None, one_by_one=False) -> int:
    """Publish the status of members of one workspace and let routing react, in one transaction.

    What follows is done once for all of them. by: the administrator who set it. one_by_one: log a
    failure and retry each member alone, so that one doesn't hold up the others; the next sweep
    repeats it. Returns how many were published.
    """
    if not memberships:
        return 0
    try:
        with transaction.atomic():
            members = publish_status(*memberships, by=by)
            available = [each for each in members if each.availability.is_available]
            availability_changed.send(Membership, memberships=members, became_available=available)
    except Exception:
        if not one_by_one:
            raise
        if len(memberships) > 1:
            return sum(publish_status_changes(each, by=by, one_by_one=True) for each in memberships)
        logger.exception("availability of %s", memberships[0].pk)
        return 0
    return len(memberships)


def publish_status(*memberships, by=None):
    """Update the screens and the status history, without giving anyone conversations.

    Returns the members as they are now, each with availability.
    """
    with transaction.atomic():
        members = with_availability(lock_members(memberships))
        record_status([each for each in members if is_stale(each)], by)
        for membership in members:
            publish_presence(membership)
    return members


def lock_member(membership):
    [locked] = lock_members([membership])
    return locked


def lock_members(memberships):
    """Lock the members in one order, so that two transactions never wait for each other.

    The rows are read after the lock, because joined rows of a query that had to wait for a lock
    are from before the wait.
    """
    members = Membership.objects.filter(pk__in=[each.pk for each in memberships]).order_by("pk")
    list(members.select_for_update(no_key=True).values_list("pk"))
    return list(members.with_related())


def is_stale(membership):
    """Return whether the announced status is out of date.

    While Redis is unavailable or was just cleared nothing is known, which is no status to publish.
    """
    status = membership.availability.status
    return status not in (membership.announced_status, AvailabilityStatus.UNKNOWN)


def record_status(members, by):
    """Store the status in as many updates as there are different statuses."""
    for membership in members:
        membership.announced_status = membership.availability.status
    for status in {each.announced_status for each in members}:
        ids = [each.pk for each in members if each.announced_status == status]
        Membership.objects.filter(pk__in=ids).update(announced_status=status)
    StatusChange.objects.bulk_create(
        StatusChange(
            workspace_id=each.workspace_id, membership=each, status=each.announced_status, by=by
        )
        for each in members
    )


def publish_presence(membership):
    with membership.workspace.in_language():  # colleagues read the sentence
        data = {
            "membership": str(membership.pk),
            "state": membership.presence,
            "sentence": membership.sentence,
        }
    publish(f"workspace:{membership.workspace_id}", "presence", data)


def publish_stale_statuses() -> int:
    """Publish the statuses that changed by themselves. Return how many."""
    published = 0
    for _workspace, members in by_workspace(find_possibly_changed()):
        published += publish_status_changes(*find_stale(list(members)), one_by_one=True)
    return published


def find_stale(members):
    """Return the members of one workspace whose status changed.

    A member whose hours can't be read is logged and left out.
    """
    try:
        return [each for each in with_availability(members) if is_stale(each)]
    except Exception:
        if len(members) > 1:
            return [found for each in members for found in find_stale([each])]
        logger.exception("availability of %s", members[0].pk)
        return []


def find_possibly_changed():
    """Return the members whose status can change by itself.

    They have a page open, were last announced as anything but offline, or have a schedule.
    Members who lost access are included until that was published, because publishing may fail.
    """
    scheduled = ~Q(hours={}) | ~Q(workspace__holidays=[])
    may_be_online = Q(pk__in=presence.find_all_online()) | ~Q(announced_status="offline")
    active = Membership.objects.active().filter(scheduled | may_be_online)
    lost_access = Q(user__is_active=False) | ~Q(removed_at=None, suspended_at=None)
    unannounced = Membership.objects.filter(lost_access, workspace__deleted_at=None)
    return (active | unannounced.exclude(announced_status="suspended")).with_related()


def by_workspace(members):
    members = members.order_by("workspace", "pk")
    return groupby(members.iterator(), key=attrgetter("workspace_id"))
