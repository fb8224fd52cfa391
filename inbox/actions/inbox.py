"""What becomes of an inbox. What changes its settings ends in the audit log."""

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.models import Inbox, InboxMember
from messagehub.lib.live.publish import close_streams
from teams import audit
from teams.actions.membership import tell_access_changed
from teams.hours_words import in_lines
from teams.models import Membership


def create_inbox(workspace, *, name, members=(), by=None):
    """A new channel of the workspace, answered by these memberships.

    by: None for the first one, which comes with the workspace.
    """
    with transaction.atomic():
        inbox = Inbox.objects.create(workspace=workspace, name=name)
        add_inbox_members(inbox, members)
        if by is not None:
            after = {"name": name, "members": names_of(members)}
            audit.record(workspace, "inbox.created", by=by, target=name, after=after)
            tell_who_sees_it(inbox)
    return inbox


def tell_who_sees_it(inbox):
    """Their open pages ask anew what they may hear: the new inbox is among it."""
    for membership in inbox.possible_assignees:
        close_streams(membership.live_channel)


def add_inbox_member(inbox, *, membership):
    add_inbox_members(inbox, [membership])


def add_inbox_members(inbox, memberships):
    """Who answers it already goes on."""
    places = [
        InboxMember(workspace_id=inbox.workspace_id, inbox=inbox, membership=each)
        for each in memberships
    ]
    InboxMember.objects.bulk_create(places, ignore_conflicts=True)


def update_inbox(inbox, *, by, **fields):
    """Any of its look and its websites. Returns whether something is different now."""
    with transaction.atomic():
        inbox = lock_inbox(inbox)
        before = picture(inbox)
        for name, value in fields.items():
            setattr(inbox, name, value)
        after = picture(inbox)
        if before == after:
            return False
        inbox.save(update_fields=list(fields))
        audit.record(
            inbox.workspace, "inbox.updated", by=by, target=inbox.name, before=before, after=after
        )
    return True


def lock_inbox(inbox):
    locked = Inbox.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("workspace").get(pk=inbox.pk)


def picture(inbox):
    return {
        "name": inbox.name,
        "greeting": inbox.greeting,
        "accent": inbox.accent,
        "side": str(inbox.get_side_display()),
        "allowed_sites": list(inbox.allowed_sites),
    }


def set_opening_hours(inbox, *, hours, by):
    """hours: as teams.hours stores them; empty: always open. Returns whether they are others."""
    with transaction.atomic():
        locked = lock_inbox(inbox)
        if locked.hours == hours:
            return False
        before, after = hours_lines(locked.hours), hours_lines(hours)
        inbox.hours = locked.hours = hours
        locked.save(update_fields=["hours"])
        audit.record(
            locked.workspace,
            "inbox.hours_updated",
            by=by,
            target=locked.name,
            before={"hours": before},
            after={"hours": after},
        )
    return True


def hours_lines(stored):
    return in_lines(stored) or [_("always")]


def set_inbox_members(inbox, *, members, by):
    """Exactly these answer it from now on. Returns whether that is another list than before.

    Who lost or gained it: their pages ask anew what they may hear, their chats are looked at.
    """
    with transaction.atomic():
        inbox = lock_inbox(inbox)
        wanted = {membership.pk: membership for membership in members}
        had = {membership.pk: membership for membership in people_of(inbox)}
        lost, gained = had.keys() - wanted.keys(), wanted.keys() - had.keys()
        if not lost and not gained:
            return False
        inbox.members.filter(membership__in=lost).delete()
        add_inbox_members(inbox, [wanted[pk] for pk in sorted(gained)])
        audit.record(
            inbox.workspace,
            "inbox.access_updated",
            by=by,
            target=inbox.name,
            before={"members": names_of(had.values())},
            after={"members": names_of(wanted.values())},
        )
        tell_access_changed(*(had.get(pk) or wanted[pk] for pk in sorted(lost | gained)))
    return True


def people_of(inbox):
    return Membership.objects.filter(inbox_memberships__inbox=inbox).with_person()


def names_of(memberships):
    return sorted(membership.name for membership in memberships)
