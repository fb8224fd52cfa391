"""Keep at least one administrator in every workspace."""

from contextlib import contextmanager

from django.db import transaction

from teams.models import Membership, Workspace


class LastAdministrator(Exception):
    """No one would be left who can manage the workspace."""


@contextmanager
def keep_one_administrator(workspace):
    """Run the block in a transaction that rolls back if it removes the last administrator.

    The workspace's row is locked: of two administrators who demote each other at the same moment,
    the second waits for the first and then finds that they are the last. Raises
    LastAdministrator.
    """
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        had_one = administrators(workspace).exists()
        yield
        if had_one and not administrators(workspace).exists():
            raise LastAdministrator


def administrators(workspace):
    return Membership.objects.administrators().filter(workspace=workspace)
