"""What becomes of a membership. Each verb ends in the audit log, with before and after."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from messagehub.lib.live.publish import close_streams
from messagehub.lib.text import initials
from teams import audit
from teams.actions.administrators import keeping_an_administrator
from teams.actions.status import publish_status_changes
from teams.colours import pick_hue
from teams.models import Membership, Role, TeamMember
from teams.parts import chosen_parts, give_parts, named_parts
from teams.signals import access_changed, member_removed


def add_member(workspace, *, user, role=None):
    """The user belongs to the workspace, as an agent unless said otherwise. Twice is once.

    Whoever was removed comes back as the same membership, with the role given now.
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
    """Pick a hue that tells this person apart from the members who are there already."""
    others = workspace.memberships.current().select_related("user")
    taken = [(each.hue, each.initials) for each in others]
    return pick_hue(taken, initials(str(user)))


def update_membership(membership, *, role, teams, parts, by):
    """Role, teams and inboxes become exactly these. Raises LastAdministrator."""
    with keeping_an_administrator(membership.workspace):
        membership = lock_membership(membership.pk)
        if membership.removed_at:
            return False
        before = picture(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        membership.__dict__.pop("permissions", None)
        put_into_teams(membership, teams)
        give_parts(membership, parts)
        after = picture(membership)
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
    """What they may hear and have is another: their pages ask anew, their chats are looked at."""
    for membership in memberships:
        close_streams(membership.live_channel)
    look_at_their_chats(*memberships)


def look_at_their_chats(*memberships):
    """Of one workspace. Once for all of them: each by itself would take minutes for hundreds."""
    if memberships:
        transaction.on_commit(
            lambda: access_changed.send_robust(Membership, memberships=memberships), robust=True
        )


def picture(membership):
    """Role, teams and parts in words."""
    teams = membership.teams.order_by("name").values_list("name", flat=True)
    named = named_parts(membership.workspace, chosen_parts(membership))
    return {"role": str(membership.role), "teams": list(teams)} | named


def put_into_teams(membership, teams):
    TeamMember.objects.filter(membership=membership).exclude(team__in=teams).delete()
    places = [
        TeamMember(workspace_id=membership.workspace_id, team=team, membership=membership)
        for team in teams
    ]
    TeamMember.objects.bulk_create(places, ignore_conflicts=True)


def remove_member(membership, *, by, handover_to=None):
    """They lose the workspace at once; their messages keep their name.

    handover_to: the membership that is to get their conversations; None: back to the queue. Their
    streams close, their next request is told that there is no such workspace. Raises
    LastAdministrator. Removing whoever is gone changes nothing.
    """
    action = "member.left" if by is not None and by.pk == membership.pk else "member.removed"
    return end_access(membership, "removed_at", action, by=by, handover_to=handover_to)


def suspend_member(membership, *, by, handover_to=None):
    """No access until they are let in again; nothing of theirs is lost."""
    return end_access(membership, "suspended_at", "member.suspended", by=by, handover_to=handover_to)


def end_access(membership, field, action, *, by, handover_to):
    with keeping_an_administrator(membership.workspace):
        membership = lock_membership(membership.pk)
        if membership.removed_at or getattr(membership, field):
            return False
        before = picture(membership)
        setattr(membership, field, timezone.now())
        membership.save(update_fields=[field])
        if field == "removed_at":
            TeamMember.objects.filter(membership=membership).delete()
            give_parts(membership, {name: [] for name in chosen_parts(membership)})
        # Only what was decided: another entry says where they went, once they have.
        after = {"handover_to": handover_to.name if handover_to else ""}
        audit.record(
            membership.workspace, action, by=by, target=membership.name, before=before, after=after
        )
        close_streams(f"membership:{membership.pk}")
        member_removed.send(Membership, membership=membership, handover_to=handover_to, by=by)
        transaction.on_commit(lambda: publish_status_changes(membership), robust=True)
    return True


def lock_membership(pk):
    locked = Membership.objects.select_for_update(of=("self",), no_key=True)
    return locked.with_related().get(pk=pk)


def reactivate_member(membership, *, by):
    """A suspended member is let in again."""
    with transaction.atomic():
        suspended = Membership.objects.filter(pk=membership.pk, removed_at=None)
        if not suspended.exclude(suspended_at=None).update(suspended_at=None):
            return False
        audit.record(membership.workspace, "member.reactivated", by=by, target=membership.name)
        membership.suspended_at = None
        publish_access_change(membership)
    return True
