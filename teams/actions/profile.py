"""Change what people say about themselves."""

from django.db import transaction

from accounts.models import User
from teams import audit
from teams.models import Membership


def rename_user(user, *, name):
    """Change a person's name, which all of their workspaces show. Return whether it changed.

    Each of these workspaces records it in its audit log, because colleagues and visitors trust it.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.name == name:
            return False
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
