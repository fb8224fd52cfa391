"""Creates and changes inboxes. Every change of settings is written to the audit log."""

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.models import Inbox, InboxMember
from messagehub.lib.live.publish import close_streams
from teams import audit
from teams.actions.membership import publish_access_change
from teams.hours_format import format_hours
from teams.models import Membership


def create_inbox(workspace, *, name, members=(), by=None):
    """Create an inbox with these memberships as its agents.

    `by` is None for the first inbox, which comes with the workspace and isn't audited.
    """
    with transaction.atomic():
        greeting = _("Hello! How can we help?")
        inbox = Inbox.objects.create(workspace=workspace, name=name, greeting=greeting)
        add_inbox_members(inbox, members)
        if by is not None:
            after = {"name": name, "members": sorted_names(members)}
            audit.record(workspace, "inbox.created", by=by, target=name, after=after)
            reconnect_agents(inbox)
    return inbox


def reconnect_agents(inbox):
    """Close the live streams of its agents, so that their pages subscribe to the new inbox too."""
    for membership in inbox.possible_assignees:
        close_streams(membership.live_channel)


def add_inbox_member(inbox, *, membership):
    add_inbox_members(inbox, [membership])


def add_inbox_members(inbox, memberships):
    """Add memberships to the inbox's agents; existing ones are skipped."""
    rows = [
        InboxMember(workspace_id=inbox.workspace_id, inbox=inbox, membership=membership)
        for membership in memberships
    ]
    InboxMember.objects.bulk_create(rows, ignore_conflicts=True)


def update_inbox(inbox, *, by, **fields):
    """Change the inbox's appearance or websites. Return whether anything changed."""
    with transaction.atomic():
        inbox = lock_inbox(inbox)
        before = audit_snapshot(inbox)
        for name, value in fields.items():
            setattr(inbox, name, value)
        after = audit_snapshot(inbox)
        if before == after:
            return False
        inbox.save(update_fields=list(fields))
        if fields.get("requires_identity"):
            close_streams(inbox.unverified_subject)
        audit.record(
            inbox.workspace, "inbox.updated", by=by, target=inbox.name, before=before, after=after
        )
    return True


def lock_inbox(inbox):
    locked = Inbox.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("workspace").get(pk=inbox.pk)


def audit_snapshot(inbox):
    return {
        "name": inbox.name,
        "title": inbox.title,
        "greeting": inbox.greeting,
        "greeting_translations": format_translations(inbox.greeting_translations),
        "launcher": str(inbox.get_launcher_display()),
        "launcher_text": inbox.launcher_text,
        "side": str(inbox.get_side_display()),
        "side_offset": inbox.side_offset,
        "bottom_offset": inbox.bottom_offset,
        "accent": inbox.accent,
        "accent_dark": inbox.accent_dark,
        "theme": str(inbox.get_theme_display()),
        "avatar": str(inbox.get_avatar_display()),
        "plays_sounds": inbox.plays_sounds,
        "accepts_files": inbox.accepts_files,
        "asks_rating": inbox.asks_rating,
        "prechat_fields": describe_prechat_fields(inbox),
        "consent_text": inbox.consent_text,
        "consent_link_text": inbox.consent_link_text,
        "consent_url": inbox.consent_url,
        "shown_when": str(inbox.get_shown_when_display()),
        "shown_on": list(inbox.shown_on),
        "hidden_on": list(inbox.hidden_on),
        "allowed_sites": list(inbox.allowed_sites),
        "requires_identity": inbox.requires_identity,
        "records_pages": inbox.records_pages,
        "cookie_domain": inbox.cookie_domain,
    }


def describe_prechat_fields(inbox):
    labels = inbox.prechat_labels if inbox.prechat_fields else {}
    return [
        (_("%(field)s: required") if is_required else _("%(field)s: optional"))
        % {"field": labels[key]}
        for key, is_required in inbox.prechat_fields.items()
        if key in labels
    ]


def format_translations(texts):
    return [f"{code}: {text}" for code, text in sorted(texts.items())]


def set_opening_hours(inbox, *, hours, by):
    """Set the opening hours. Return whether they changed.

    `hours` has the format of teams.hours; empty means always open.
    """
    with transaction.atomic():
        locked = lock_inbox(inbox)
        if locked.hours == hours:
            return False
        before, after = audited_hours(locked.hours), audited_hours(hours)
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


def audited_hours(stored):
    return format_hours(stored) or [_("always")]


def set_inbox_members(inbox, *, members, by):
    """Replace the inbox's agents. Return whether the list changed.

    Members who gained or lost the inbox reconnect their pages, and their conversations are
    rechecked.
    """
    with transaction.atomic():
        inbox = lock_inbox(inbox)
        old = Membership.objects.filter(inbox_memberships__inbox=inbox).with_related()
        before = {membership.pk: membership for membership in old}
        after = {membership.pk: membership for membership in members}
        removed, added = before.keys() - after.keys(), after.keys() - before.keys()
        if not removed and not added:
            return False
        inbox.members.filter(membership__in=removed).delete()
        add_inbox_members(inbox, [after[pk] for pk in sorted(added)])
        audit.record(
            inbox.workspace,
            "inbox.access_updated",
            by=by,
            target=inbox.name,
            before={"members": sorted_names(before.values())},
            after={"members": sorted_names(after.values())},
        )
        publish_access_change(*(before.get(pk) or after[pk] for pk in sorted(removed | added)))
    return True


def sorted_names(memberships):
    return sorted(membership.name for membership in memberships)
