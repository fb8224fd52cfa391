"""There is always an administrator: whatever takes one away goes through here."""

from contextlib import contextmanager

from django.db import transaction

from teams.models import Membership, Workspace


class LastAdministrator(Exception):
    """Nobody would be left who can manage the workspace."""


@contextmanager
def keeping_an_administrator(workspace):
    """A transaction that holds the workspace's row and takes nothing back if one is left.

    Two administrators who demote each other at the same moment wait for each other here; the
    second finds that they would be the last. Raises LastAdministrator.
    """
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        had_one = administrators(workspace).exists()
        yield
        if had_one and not administrators(workspace).exists():
            raise LastAdministrator


def administrators(workspace):
    return Membership.objects.administrators().filter(workspace=workspace)
