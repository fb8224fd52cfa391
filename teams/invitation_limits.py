"""How many invitations can be emailed.

Threat: a workspace as a mail cannon. One person may create several workspaces, use several accounts
behind one address, or email one mailbox from many workspaces, so each of these is counted. The rows
of a workspace's links are counted as well, because they say how often this invitation was sent.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.email_limits import TO_UNCONFIRMED
from accounts.limits import Limit, current_network, first_exceeded, mailbox
from teams.models import InvitationLink
from teams.trust import is_trusted

DAY = timedelta(days=1)
MAILS_A_DAY = 50
MAILS_A_DAY_UNTRUSTED = 20
MAILS_A_DAY_EACH = 5
BY_PERSON = Limit("invitations by person", 50, DAY)
BY_ADDRESS = Limit("invitations by address", 100, DAY)
TO_CONFIRMED = Limit("invitations to a confirmed mailbox", 10, DAY)


def check_limits(invitation, *, by) -> str:
    """Count one more email with this invitation. Return why it is refused, or "" if it isn't."""
    return check_workspace(invitation) or check_counters(invitation, by)


def check_workspace(invitation):
    mailed = InvitationLink.objects.filter(
        workspace=invitation.workspace, mailed=True, created_at__gt=timezone.now() - DAY
    )
    if mailed.filter(invitation__email=invitation.email).count() >= MAILS_A_DAY_EACH:
        return _("Sent %(count)d times today. Try again tomorrow, or copy the link.") % {
            "count": MAILS_A_DAY_EACH
        }
    limit = MAILS_A_DAY
    if not is_trusted(invitation.workspace):
        limit = min(limit, MAILS_A_DAY_UNTRUSTED)
    if mailed.count() >= limit:
        return _("You've reached today's limit of %(count)d invitations. Try again tomorrow.") % {
            "count": limit
        }
    return ""


def check_counters(invitation, by):
    refused = first_exceeded(*list_uses(invitation, by))
    if refused is None:
        return ""
    if refused in (TO_CONFIRMED, TO_UNCONFIRMED):
        return _(
            "%(email)s has received as many emails as we send to one address a day. "
            "Try again tomorrow."
        ) % {"email": invitation.email}
    if refused == BY_PERSON:
        return _("You've sent as many invitations as one person can in a day. Try again tomorrow.")
    return _("Too many invitations were sent from here today. Try again tomorrow.")


def list_uses(invitation, by):
    """Yield the limits, narrowest first; a fixed order keeps two senders from a deadlock."""
    if by is not None:
        yield BY_PERSON.of(by.user_id)
    if (address := current_network()) is not None:
        yield BY_ADDRESS.of(address)
    confirmed = EmailAddress.objects.filter(email=invitation.email, verified=True).exists()
    yield (TO_CONFIRMED if confirmed else TO_UNCONFIRMED).of(mailbox(invitation.email))
    yield Limit("invitations", settings.INVITATIONS_A_DAY, DAY).of()
