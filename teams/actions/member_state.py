"""An administrator says for somebody else whether they are away; the person is told at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from messagehub.lib.live.publish import publish
from teams.actions.availability import set_available, set_away


def set_away(membership, *, by):
    """No new chats until they, or an administrator, say that they are back."""
    return with_notice(set_away, membership, by, _("%(by)s set you to Away."))


def set_available(membership, *, by):
    return with_notice(set_available, membership, by, _("%(by)s set you back from Away."))


def with_notice(action, membership, by, words):
    with transaction.atomic():
        if not action(membership, by=by):
            return False
        if by.pk != membership.pk:
            publish(membership.live_channel, "notice", {"message": words % {"by": by.name}})
    return True
