"""Going away, coming back, being there: what changes whether somebody can take chats."""

from django.db import transaction
from django.utils import timezone

from messagehub.lib import redis
from messagehub.lib.live.publish import publish
from teams import audit, presence
from teams.actions.status import publish_status_changes, announce_safely, lock_member
from teams.hours_format import format_hours
from teams.models import Membership
from teams.signals import availability_changed


def beat(membership, *, tab, session=""):
    """A page of theirs is open. Somebody who just came online is given what waits.

    session: whose end ends the page too (teams.receivers.session_name).
    """
    try:
        came_online = presence.record_heartbeat(membership, tab, session)
    except redis.UNAVAILABLE:
        return
    if came_online:
        publish_status_changes(membership)


def leave(membership, *, tab, session=""):
    try:
        presence.close_tab(membership, tab, session)
    except redis.UNAVAILABLE:
        return


def sign_out(user, *, session):
    """The pages of this session can neither beat nor say goodbye any more: they are closed."""
    for membership in Membership.objects.active().filter(user=user).with_related():
        try:
            is_gone = presence.end_session(membership, session)
        except redis.UNAVAILABLE:
            return
        if is_gone:
            publish_status_changes(membership, one_by_one=True)


def set_away(membership, *, by=None):
    """No new chats until they are back. Twice is once: the first time counts.

    by: an administrator who sets somebody else away; the person is told who it was.
    """
    return set_away(membership, timezone.now(), by)


def set_available(membership, *, by=None):
    return set_away(membership, None, by)


def set_away(membership, since, by):
    with transaction.atomic():
        membership = lock_member(membership)
        if bool(membership.away_at) == bool(since):
            return False
        by_somebody_else = by if by is not None and by.pk != membership.pk else None
        membership.away_at = since
        membership.away_by = by_somebody_else if since else None
        membership.save(update_fields=["away_at", "away_by"])
        if by_somebody_else:
            action = "member.set_away" if since else "member.set_available"
            audit.record(membership.workspace, action, by=by, target=membership.name)
        publish_status_changes(membership, by=by_somebody_else)
    return True


def set_reassign_replies(membership, on):
    """While they are away, a contact's reply to one of their conversations goes to another.

    Their other pages show the switch as it is now, and their visitors who looks after them.
    """
    with transaction.atomic():
        membership = lock_member(membership)
        if membership.reassign_replies == on:
            return False
        membership.reassign_replies = on
        membership.save(update_fields=["reassign_replies"])
        publish(
            membership.live_channel, "reassigning", {"membership": str(membership.pk), "on": on}
        )
        availability_changed.send(Membership, memberships=[membership], became_available=[])
    return True


def set_hours(membership, *, hours, time_zone, by):
    """Office hours (teams.hours) in a time zone; an empty one is the workspace's."""
    with transaction.atomic():
        membership = lock_member(membership)
        before = {"hours": membership.hours, "time_zone": membership.time_zone}
        after = {"hours": hours, "time_zone": time_zone}
        if before == after:
            return False
        membership.hours, membership.time_zone = hours, time_zone
        membership.save(update_fields=["hours", "time_zone"])
        if by.pk != membership.pk:
            before, after = in_words(before), in_words(after)
            record_change(membership, "member.hours", before, after, by)
        publish_status_changes(membership)
    return True


def in_words(schedule):
    """The hours as people read them in the audit log."""
    return schedule | {"hours": format_hours(schedule["hours"])}


def set_capacity(membership, capacity, *, by):
    """Most open conversations at a time over the whole workspace; None: no limit."""
    with transaction.atomic():
        membership = lock_member(membership)
        before = membership.capacity
        if before == capacity:
            return False
        membership.capacity = capacity
        membership.save(update_fields=["capacity"])
        record_change(
            membership, "member.capacity", {"capacity": before}, {"capacity": capacity}, by
        )
        publish_status_changes(membership)
    return True


def record_change(membership, action, before, after, by):
    audit.record(
        membership.workspace, action, by=by, target=membership.name, before=before, after=after
    )
