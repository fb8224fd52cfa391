"""Who may create workspaces, and how many.

Threats: one person who creates hundreds, or who returns with new accounts; strangers on an
installation that isn't meant for the public (SIGNUP).
"""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.limits import Limit, current_network, first_exceeded, first_exhausted
from teams.models import Membership

DAY = timedelta(days=1)
BY_PERSON = Limit("new workspaces by person", 5, DAY)
BY_ADDRESS = Limit("new workspaces by address", 10, DAY)


class CannotCreate(Exception):
    """A translated message that says why not."""


def can_create_workspace(user) -> bool:
    """Return whether SIGNUP allows it: "open" allows everyone, "invite" only administrators.

    With "closed" only the operator can create workspaces, by the command create_account.
    """
    if settings.SIGNUP == "invite":
        return Membership.objects.administrators().filter(user=user).exists()
    return settings.SIGNUP == "open"


def list_uses(user):
    """Yield the limits, narrowest first. user is None before the account is created."""
    if user is not None:
        yield BY_PERSON.of(user.pk)
    if (address := current_network()) is not None:
        yield BY_ADDRESS.of(address)
    yield Limit("new workspaces", settings.NEW_WORKSPACES_A_DAY, DAY).of()


def refuse_if_used_up(user=None):
    """Check the limits without counting. Raises CannotCreate."""
    refuse(first_exhausted(*list_uses(user)))


def count_workspace(user):
    """Count a new workspace. Raises CannotCreate if a limit is reached."""
    refuse(first_exceeded(*list_uses(user)))


def refuse(limit):
    if limit == BY_PERSON:
        raise CannotCreate(
            _("You've created as many workspaces as one person can in a day. Try again tomorrow.")
        )
    if limit is not None:
        raise CannotCreate(
            _("Too many workspaces were created from here today. Try again tomorrow.")
        )
