"""Change what people say about themselves."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.limits import Limit
from accounts.models import User
from teams import audit
from teams.models import Membership

# Each new name is recorded in the audit log of all of the person's workspaces.
NAMES_BY_PERSON = Limit("names by person", 10, timedelta(days=1))


class TooManyNames(Exception):
    def __str__(self):
        return _("You've changed your name too often today. Try again tomorrow.")


def rename_user(user, *, name):
    """Change a person's name, which all of their workspaces show. Return whether it changed.

    Each of these workspaces records it in its audit log, because colleagues and visitors trust it.
    Raises TooManyNames.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.name == name:
            return False
        if not NAMES_BY_PERSON.of(user.pk).count():
            raise TooManyNames
        before = {"name": user.name}
        user.name = name
        user.save(update_fields=["name"])
        for membership in Membership.objects.current().with_related().filter(user=user):
            audit.record(
                membership.workspace,
                "member.renamed",
                by=membership,
                target=before["name"],
                before=before,
                after={"name": name},
            )
    return True
