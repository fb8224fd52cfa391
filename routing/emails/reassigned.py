"""Render the email that tells an owner who has their contact's conversation now.

They didn't answer in time, so routing reassigned it.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from routing.emails import unconfirmed_limit
from routing.emails.pacing import delayed_until
from routing.emails.rendering import (
    desk_url,
    find_conversation,
    find_recipient,
    localized_for,
    postpone_if_deleted,
    render_bodies,
)
from teams.models import Membership


@email_renderer(EmailKind.REASSIGNED)
def render_reassigned(delivery):
    """Return None if the owner may not know it, or if it is no longer true."""
    conversation = find_conversation(delivery)
    if conversation is None:
        return None
    if later := postpone_if_deleted(conversation):
        return later
    owner = find_recipient(delivery)
    to = Membership.objects.with_related().filter(pk=delivery.payload["to"]).first()
    if owner is None or to is None or not concerns_owner(conversation, owner, to):
        return None
    later = owner.quiet_until(timezone.now()) or delayed_until(delivery)
    if later := later or unconfirmed_limit.limited_until(delivery, owner):
        return Postpone(later)
    with localized_for(conversation.workspace, owner.zone):
        return render(conversation, owner, to, delivery.payload["minutes"])


def concerns_owner(conversation, owner, to):
    """Return whether the email is still wanted and true.

    The owner wants email, can answer in the inbox and still owns the contact. The conversation
    is assigned to `to`, or waits again, but not for the owner.
    """
    if not owner.email_mine or conversation.assignee_id == owner.pk:
        return False
    if conversation.contact.owner_id != owner.pk:
        return False
    if conversation.assignee_id != to.pk and conversation.waiting_since is None:
        return False
    return conversation.inbox.possible_assignees.filter(pk=owner.pk).exists()


def render(conversation, owner, to, minutes):
    can_open = Conversation.objects.visible_to(owner).filter(pk=conversation.pk).exists()
    assignee = conversation.assignee
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "to": to,
        "holder": assignee,
        "minutes": minutes,
        "url": desk_url(conversation) if can_open else "",
    }
    return RenderedEmail(
        subject=subject(conversation, assignee), **render_bodies("reassigned", context)
    )


def subject(conversation, assignee):
    params = {"contact": conversation.contact.display_name, "number": conversation}
    if assignee is None:
        return _("%(contact)s's conversation is waiting in the queue (%(number)s)") % params
    params["to"] = assignee.name
    return _("%(contact)s's conversation is now assigned to %(to)s (%(number)s)") % params
