from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from messagehub.lib.live.publish import close_streams
from teams import audit
from teams.actions.role import create_built_in_roles
from teams.colours import pick_hue
from teams.models import FormerAddress, Logo, Membership, Workspace
from teams.models.workspace import GRACE
from teams.new_workspaces import count_workspace
from teams.signals import calendar_changed, workspace_created

RESERVED = {"new", "admin", "api", "static", "settings", "support", "w"}


class AddressTaken(Exception):
    """A different workspace has this address, or had it."""


def create_workspace(name, *, by, slug=None, **settings):
    """Create a workspace with the user `by` as its administrator. Return their membership."""
    with transaction.atomic():
        workspace = insert_workspace(name, slug or slugify(name)[:40], settings)
        with workspace.in_language():
            administrator = create_built_in_roles(workspace)
            founder = Membership.objects.create(
                workspace=workspace, user=by, role=administrator, colour=pick_hue([], "")
            )
            workspace_created.send(Workspace, workspace=workspace, by=founder)
        audit.record(workspace, "workspace.created", by=founder, target=name)
    return founder


def create_own_workspace(name, *, by, **settings):
    """Create a workspace at the user's own request, within the limits. Raises CannotCreate."""
    with transaction.atomic():
        count_workspace(by)
        return create_workspace(name, by=by, **settings)


def insert_workspace(name, slug, settings):
    """Use the wanted address, with a few letters more if it is taken."""
    wanted = slug if slug and slug not in RESERVED else f"team-{get_random_string(6).lower()}"
    for attempt in range(5):
        address = wanted if attempt == 0 else f"{wanted}-{get_random_string(4).lower()}"
        if FormerAddress.objects.filter(slug=address).exists():
            continue
        try:
            with transaction.atomic():
                return Workspace.objects.create(name=name, slug=address, **settings)
        except IntegrityError:
            continue
    raise RuntimeError("no free address for the workspace")


def update_workspace(workspace, *, name, time_zone, language, by):
    with transaction.atomic():
        locked = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        before = audit_snapshot(locked)
        workspace.name, workspace.time_zone, workspace.language = name, time_zone, language
        workspace.save(update_fields=["name", "time_zone", "language"])
        after = audit_snapshot(workspace)
        if before["time_zone"] != time_zone:
            calendar_changed.send(Workspace, workspace=workspace)
        if before != after:
            audit.record(
                workspace, "workspace.updated", by=by, target=name, before=before, after=after
            )


def audit_snapshot(workspace):
    return {
        "name": workspace.name,
        "time_zone": workspace.time_zone,
        "language": workspace.language,
    }


def set_logo(workspace, *, png, digest, by):
    """Set the logo to a PNG that we drew ourselves (teams.logos), or remove it if None."""
    with transaction.atomic():
        had = Logo.objects.filter(workspace=workspace).exists()
        if png is None:
            Logo.objects.filter(workspace=workspace).delete()
        else:
            Logo.objects.update_or_create(
                workspace=workspace, defaults={"png": png, "digest": digest}
            )
        before, after = {"logo": had}, {"logo": png is not None, "picture": digest}
        audit.record(
            workspace,
            "workspace.updated",
            by=by,
            target=workspace.name,
            before=before,
            after=after,
        )


def move_workspace(workspace, *, slug, by):
    """Change address. The old one keeps redirecting and stays reserved. Raises AddressTaken."""
    with transaction.atomic():
        locked = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        old = locked.slug
        if slug == old:
            return
        taken = FormerAddress.objects.filter(slug=slug).exclude(workspace=workspace).exists()
        if slug in RESERVED or taken:
            raise AddressTaken
        FormerAddress.objects.filter(slug=slug).delete()
        try:
            with transaction.atomic():
                Workspace.objects.filter(pk=workspace.pk).update(slug=slug)
        except IntegrityError as error:
            raise AddressTaken from error
        FormerAddress.objects.create(workspace=workspace, slug=old)
        workspace.slug = slug
        audit.record(
            workspace,
            "workspace.moved",
            by=by,
            target=slug,
            before={"address": old},
            after={"address": slug},
        )


def delete_workspace(workspace, *, by):
    """Hide the workspace from everyone at once. Administrators can restore it within GRACE."""
    with transaction.atomic():
        live = Workspace.objects.live().filter(pk=workspace.pk)
        if not live.update(deleted_at=timezone.now()):
            return False
        audit.record(workspace, "workspace.deleted", by=by, target=workspace.name)
        for membership in workspace.memberships.current():
            close_streams(membership.live_channel)
    return True


def restore_workspace(workspace, *, by):
    with transaction.atomic():
        since = timezone.now() - GRACE
        deleted = Workspace.objects.filter(pk=workspace.pk, deleted_at__gte=since)
        if not deleted.update(deleted_at=None):
            return False
        audit.record(workspace, "workspace.restored", by=by, target=workspace.name)
    return True


def purge_deleted_workspaces():
    """Erase the deleted workspaces that can no longer be restored. Return how many."""
    expired = Workspace.objects.filter(deleted_at__lt=timezone.now() - GRACE)
    return sum(purge_workspace(expired, pk) for pk in list(expired.values_list("pk", flat=True)))


def purge_workspace(expired, pk):
    """Erase the workspace, unless it was restored before its row was locked."""
    with transaction.atomic():
        workspace = expired.select_for_update().filter(pk=pk).first()
        if workspace is None:
            return 0
        workspace.delete()
    return 1
