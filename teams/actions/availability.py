"""Changes to whether a member can take conversations: presence, away, hours and capacity."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from messagehub.lib import redis
from messagehub.lib.live.publish import publish
from teams import audit, presence
from teams.actions.status import lock_member, publish_status_changes
from teams.hours_format import format_hours
from teams.models import Membership
from teams.signals import availability_changed


def record_heartbeat(membership, *, tab, session=""):
    """Note that a page is open. Publish the member's status if they just came online.

    session: the login whose end also ends the page (teams.sessions.session_name).
    """
    try:
        came_online = presence.record_heartbeat(membership, tab, session)
    except redis.UNAVAILABLE:
        return
    if came_online:
        publish_status_changes(membership)


def close_tab(membership, *, tab, session=""):
    try:
        presence.close_tab(membership, tab, session)
    except redis.UNAVAILABLE:
        return


def end_session(user, *, session):
    """Take the pages of this session offline: they can no longer send anything themselves."""
    for membership in Membership.objects.active().filter(user=user).with_related():
        try:
            is_gone = presence.end_session(membership, session)
        except redis.UNAVAILABLE:
            return
        if is_gone:
            publish_status_changes(membership, one_by_one=True)


def set_away(membership, *, by=None):
    """Stop new conversations until the member is back. Return False if they were away already.

    by: an administrator who sets someone else away, which the member is notified of.
    """
    return change_away(membership, timezone.now(), by, _("%(by)s set you to Away."))


def set_available(membership, *, by=None):
    """Set available. Return False if the member wasn't away."""
    return change_away(membership, None, by, _("%(by)s ended your Away status."))


def change_away(membership, since, by, notice):
    administrator = by if by is not None and by.pk != membership.pk else None
    with transaction.atomic():
        membership = lock_member(membership)
        if bool(membership.away_at) == bool(since):
            return False
        membership.away_at = since
        membership.away_by = administrator if since else None
        membership.save(update_fields=["away_at", "away_by"])
        if administrator:
            action = "member.set_away" if since else "member.set_available"
            audit.record(membership.workspace, action, by=administrator, target=membership.name)
        publish_status_changes(membership, by=administrator)
        if administrator:
            message = notice % {"by": administrator.name}
            publish(membership.live_channel, "notice", {"message": message})
    return True


def set_reassign_replies(membership, is_on):
    """Choose whether contacts' replies go to other agents while the member is away.

    The member's other pages update the switch, and their visitors see who looks after them.
    """
    with transaction.atomic():
        membership = lock_member(membership)
        if membership.reassign_replies == is_on:
            return False
        membership.reassign_replies = is_on
        membership.save(update_fields=["reassign_replies"])
        data = {"membership": str(membership.pk), "on": is_on}
        publish(membership.live_channel, "reassigning", data)
        availability_changed.send(Membership, memberships=[membership], became_available=[])
    return True


def set_hours(membership, *, hours, time_zone, by):
    """Set office hours (teams.hours) and their time zone; an empty one means the workspace's."""
    with transaction.atomic():
        membership = lock_member(membership)
        before = {"hours": membership.hours, "time_zone": membership.time_zone}
        after = {"hours": hours, "time_zone": time_zone}
        if before == after:
            return False
        membership.hours, membership.time_zone = hours, time_zone
        membership.save(update_fields=["hours", "time_zone"])
        if by.pk != membership.pk:
            audit.record(
                membership.workspace,
                "member.hours",
                by=by,
                target=membership.name,
                before=before | {"hours": format_hours(before["hours"])},
                after=after | {"hours": format_hours(after["hours"])},
            )
        publish_status_changes(membership)
    return True


def set_capacity(membership, capacity, *, by):
    """Set the most open conversations at a time over all inboxes; None means no limit."""
    with transaction.atomic():
        membership = lock_member(membership)
        before = membership.capacity
        if before == capacity:
            return False
        membership.capacity = capacity
        membership.save(update_fields=["capacity"])
        audit.record(
            membership.workspace,
            "member.capacity",
            by=by,
            target=membership.name,
            before={"capacity": before},
            after={"capacity": capacity},
        )
        publish_status_changes(membership)
    return True
