"""Going away, coming back, being there: what changes whether somebody can take chats."""

from django.db import transaction
from django.utils import timezone

from messagehub.lib import redis
from messagehub.lib.live.publish import publish
from teams import presence
from teams.availability import availability
from teams.models import Membership
from teams.signals import availability_changed


def beat(membership, *, tab):
    """A page of theirs is open. Somebody who just came online is given what waits."""
    try:
        came_online = presence.beat(membership, tab)
    except redis.AWAY:
        return
    if came_online:
        announce_availability(membership)


def leave(membership, *, tab):
    try:
        presence.leave(membership, tab)
    except redis.AWAY:
        return


def go_away(membership):
    """No new chats until they say they are back. Twice is once: the first time counts."""
    set_away(membership, timezone.now())


def come_back(membership):
    set_away(membership, None)


def set_away(membership, since):
    with transaction.atomic():
        locked = Membership.objects.select_for_update(of=("self",), no_key=True)
        membership = locked.select_related("workspace").get(pk=membership.pk)
        if bool(membership.away_since) == bool(since):
            return
        membership.away_since = since
        membership.save(update_fields=["away_since"])
        announce_availability(membership)


def announce_availability(membership):
    """Tell the open screens, and whoever decides upon it (routing), in one transaction."""
    with transaction.atomic():
        now = availability(membership, presence.online(membership.workspace_id))
        availability_changed.send(
            Membership, membership=membership, became_available=now.can_take_chats
        )
        publish(
            f"workspace:{membership.workspace_id}",
            "presence",
            {"membership": str(membership.pk), "state": now.state, "sentence": now.sentence},
        )
