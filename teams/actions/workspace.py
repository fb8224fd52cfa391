from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from teams.models import Membership, Workspace
from teams.signals import workspace_created

RESERVED = {"new", "admin", "api", "static", "settings", "support", "w"}


def create_workspace(name, *, by, slug=None):
    """A new workspace with `by` (a User) as its administrator. Returns their membership."""
    with transaction.atomic():
        workspace = insert_workspace(name, slug or slugify(name)[:40])
        founder = Membership.objects.create(
            workspace=workspace, user=by, role=Membership.Role.ADMINISTRATOR
        )
        workspace_created.send(Workspace, workspace=workspace, by=founder)
    return founder


def insert_workspace(name, slug):
    """The wanted address, or with a few letters more when somebody has it already."""
    wanted = slug if slug and slug not in RESERVED else f"team-{get_random_string(6).lower()}"
    for attempt in range(5):
        address = wanted if attempt == 0 else f"{wanted}-{get_random_string(4).lower()}"
        try:
            with transaction.atomic():
                return Workspace.objects.create(name=name, slug=address)
        except IntegrityError:
            continue
    raise RuntimeError("no free address for the workspace")
