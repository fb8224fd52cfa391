"""An owner did not answer in time: they are told to whom their contact's chat went, and who has it
when the mail leaves."""

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from routing.emails.agents import next_after
from routing.emails import unconfirmed_limit
from routing.emails.rendering import (
    as_read_in,
    desk_url,
    find_conversation,
    find_member,
    parts,
    until_restored,
)
from teams.models import Membership


@email_renderer(EmailKind.REASSIGNED)
def passed_on_letter(delivery):
    """None when it is nothing to them any more: what they may not know, or what is over."""
    conversation = find_conversation(delivery)
    if conversation is None:
        return None
    if later := until_restored(conversation):
        return later
    owner = find_member(delivery)
    to = Membership.objects.with_related().filter(pk=delivery.payload["to"]).first()
    if owner is None or to is None or not concerns(conversation, owner, to):
        return None
    later = owner.quiet_until(timezone.now()) or next_after(delivery)
    if later := later or unconfirmed.limited_until(delivery, owner):
        return Postpone(later)
    with as_read_in(conversation.workspace, owner.zone):
        return write(conversation, owner, to, delivery.payload["minutes"])


def concerns(conversation, owner, to):
    """They want to know, answer this inbox, and the contact is theirs still; and the conversation
    is with the other still, or waits, but not for them."""
    if not owner.email_mine or conversation.assignee_id == owner.pk:
        return False
    if conversation.contact.owner_id != owner.pk:
        return False
    if conversation.assignee_id != to.pk and conversation.waiting_since is None:
        return False
    return conversation.inbox.possible_assignees.filter(pk=owner.pk).exists()


def write(conversation, owner, to, minutes):
    may_open = Conversation.objects.visible_to(owner).filter(pk=conversation.pk).exists()
    holder = conversation.assignee
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "to": to,
        "holder": holder,
        "minutes": minutes,
        "url": desk_url(conversation) if may_open else "",
    }
    return RenderedEmail(subject=subject(conversation, holder), **parts("reassigned", context))


def subject(conversation, holder):
    words = {"contact": conversation.contact.display_name, "number": conversation}
    if holder is None:
        return _("The chat of your contact %(contact)s waits in the queue (%(number)s)") % words
    words["to"] = holder.name
    return _("%(to)s now has the chat of your contact %(contact)s (%(number)s)") % words
