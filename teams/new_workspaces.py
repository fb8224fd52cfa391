"""Who may make a workspace, and how many.

Threats: one person who makes hundreds, or who comes back under new accounts; an installation that
is not meant for the public (SIGNUP).
"""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.limits import Limit, first_exceeded, first_exhausted, current_network
from teams.models import Membership

DAY = timedelta(days=1)
BY_PERSON = Limit("new workspaces by person", 5, DAY)
BY_ADDRESS = Limit("new workspaces by address", 10, DAY)


class CannotCreate(Exception):
    """Says in words why not."""


def can_create_workspace(user) -> bool:
    """Answer by SIGNUP: open lets everyone, invite lets people who administer a workspace, and
    closed lets no one, except by the operator's command."""
    if settings.SIGNUP == "invite":
        return Membership.objects.administrators().filter(user=user).exists()
    return settings.SIGNUP == "open"


def uses(user):
    """The narrowest first. user: None before the account is made."""
    if user is not None:
        yield BY_PERSON.of(user.pk)
    if (address := current_network()) is not None:
        yield BY_ADDRESS.of(address)
    yield Limit("new workspaces", settings.NEW_WORKSPACES_A_DAY, DAY).of()


def refuse_if_used_up(user=None):
    """Ask without counting. Raises CannotCreate."""
    refuse(first_exhausted(*uses(user)))


def count_workspace(user):
    """Raises CannotCreate."""
    refuse(first_exceeded(*uses(user)))


def refuse(limit):
    if limit == BY_PERSON:
        raise CannotCreate(
            _("You've made as many workspaces as one person can in a day. Try again tomorrow.")
        )
    if limit is not None:
        raise CannotCreate(_("Too many workspaces were made from here today. Try again tomorrow."))
