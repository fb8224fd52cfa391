"""Add, change, remove and suspend members. Each change is recorded in the audit log."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from messagehub.lib.live.publish import close_streams
from messagehub.lib.text import initials
from teams import audit
from teams.actions.administrators import keep_one_administrator
from teams.actions.status import publish_status_changes
from teams.colours import pick_hue
from teams.inbox_access import inbox_ids_of, inbox_names, set_inboxes
from teams.models import Membership, Role, TeamMember
from teams.signals import access_changed, member_removed


def add_member(workspace, *, user, role=None):
    """Add the user to the workspace, as an agent unless told otherwise. Repeating has no effect.

    A removed member gets the same membership back, with the role given now.
    """
    role = role or workspace.roles.get(key=Role.AGENT)
    with transaction.atomic():
        membership, created = Membership.objects.select_for_update(
            of=("self",), no_key=True
        ).get_or_create(
            workspace=workspace,
            user=user,
            defaults={"role": role, "colour": partial(choose_colour, workspace, user)},
        )
        if not created and membership.removed_at is not None:
            membership.removed_at = membership.suspended_at = membership.away_at = None
            membership.role = role
            membership.save()
    return membership


def choose_colour(workspace, user) -> int:
    """Pick a hue that tells this person apart from the members who are already there."""
    others = workspace.memberships.current().select_related("user")
    taken = [(each.hue, each.initials) for each in others]
    return pick_hue(taken, initials(str(user)))


def update_membership(membership, *, role, teams, inboxes, by):
    """Replace the member's role, teams and inboxes. Raises LastAdministrator."""
    with keep_one_administrator(membership.workspace):
        membership = lock_membership(membership.pk)
        if membership.removed_at:
            return False
        before = audit_snapshot(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        membership.__dict__.pop("permissions", None)
        set_teams(membership, teams)
        set_inboxes(membership, [inbox.pk for inbox in inboxes])
        after = audit_snapshot(membership)
        if before == after:
            return False
        audit.record(
            membership.workspace,
            "member.updated",
            by=by,
            target=membership.name,
            before=before,
            after=after,
        )
        publish_access_change(membership)
    return True


def publish_access_change(*memberships):
    """Reconnect the pages of these members of one workspace and recheck their conversations."""
    for membership in memberships:
        close_streams(membership.live_channel)
    send_access_changed(*memberships)


def send_access_changed(*memberships):
    """Have the conversations of these members of one workspace rechecked after the commit.

    Sent once for all of them: one by one it would take minutes for hundreds of members.
    """
    if memberships:
        transaction.on_commit(
            lambda: access_changed.send_robust(Membership, memberships=memberships), robust=True
        )


def audit_snapshot(membership):
    teams = membership.teams.order_by("name").values_list("name", flat=True)
    inboxes = membership.workspace.inboxes.filter(pk__in=inbox_ids_of(membership))
    return {
        "role": str(membership.role),
        "teams": list(teams),
        "inboxes": inbox_names(inboxes),
    }


def set_teams(membership, teams):
    TeamMember.objects.filter(membership=membership).exclude(team__in=teams).delete()
    rows = [
        TeamMember(workspace_id=membership.workspace_id, team=team, membership=membership)
        for team in teams
    ]
    TeamMember.objects.bulk_create(rows, ignore_conflicts=True)


def remove_member(membership, *, by, handover_to=None):
    """Remove the member, who loses access at once. Their messages keep their name.

    handover_to: the membership that gets their conversations, or None for the queue. Repeating has
    no effect. Raises LastAdministrator.
    """
    action = "member.left" if by is not None and by.pk == membership.pk else "member.removed"
    return end_access(membership, "removed_at", action, by=by, handover_to=handover_to)


def suspend_member(membership, *, by, handover_to=None):
    """Suspend access until the member is reactivated; they keep their role, teams and inboxes."""
    return end_access(
        membership, "suspended_at", "member.suspended", by=by, handover_to=handover_to
    )


def end_access(membership, field, action, *, by, handover_to):
    with keep_one_administrator(membership.workspace):
        membership = lock_membership(membership.pk)
        if membership.removed_at or getattr(membership, field):
            return False
        before = audit_snapshot(membership)
        setattr(membership, field, timezone.now())
        membership.save(update_fields=[field])
        if field == "removed_at":
            Membership.objects.filter(pk=membership.pk).update(photo="")
            set_teams(membership, [])
            set_inboxes(membership, [])
        # This records the decision. A later entry says where the conversations went.
        after = {"handover_to": handover_to.name if handover_to else ""}
        audit.record(
            membership.workspace, action, by=by, target=membership.name, before=before, after=after
        )
        close_streams(membership.live_channel)
        member_removed.send(Membership, membership=membership, handover_to=handover_to, by=by)
        transaction.on_commit(lambda: publish_status_changes(membership), robust=True)
    return True


def lock_membership(pk):
    locked = Membership.objects.select_for_update(of=("self",), no_key=True)
    return locked.with_related().get(pk=pk)


def reactivate_member(membership, *, by):
    """Reactivate a suspended member."""
    with transaction.atomic():
        suspended = Membership.objects.filter(pk=membership.pk, removed_at=None)
        if not suspended.exclude(suspended_at=None).update(suspended_at=None):
            return False
        audit.record(membership.workspace, "member.reactivated", by=by, target=membership.name)
        membership.suspended_at = None
        publish_access_change(membership)
    return True
