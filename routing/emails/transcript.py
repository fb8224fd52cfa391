"""Render the email with a conversation that its contact asked for (routing.actions.transcript)."""

from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from messagehub.lib.templatetags.mail import plain_name
from outbox.kinds import RenderedEmail, email_renderer
from routing.emails.rendering import (
    find_conversation,
    localized_for,
    postpone_if_deleted,
    render_bodies,
)
from routing.emails.reply_address import (
    reply_address_of,
    unsubscribe_headers,
    unsubscribe_url_of,
)
from teams.trust import is_trusted

MAX_MESSAGES = 200


@email_renderer(EmailKind.TRANSCRIPT)
def render_transcript(delivery):
    """Return None if the contact has another address by now, or unsubscribed."""
    conversation = find_conversation(delivery)
    if conversation is None or conversation.contact.email != delivery.recipient:
        return None
    if conversation.contact.unsubscribed_at:
        return None
    if later := postpone_if_deleted(conversation):
        return later
    workspace, language = conversation.workspace, conversation.contact.language
    with localized_for(workspace, workspace.zone, language):
        return render(conversation, delivery.payload["upto"])


def render(conversation, upto):
    messages = conversation.messages.visible_to_contact().not_deleted().filter(seq__lte=upto)
    latest = list(messages.with_related().order_by("-seq")[: MAX_MESSAGES + 1])
    address = reply_address_of(conversation.contact)
    unsubscribe_url = unsubscribe_url_of(address)
    workspace = plain_name(conversation.workspace.name)
    context = {
        "conversation": conversation,
        "workspace": workspace,
        "earlier": latest[:MAX_MESSAGES][::-1],
        "has_more_earlier": len(latest) > MAX_MESSAGES,
        "unsubscribe_url": unsubscribe_url,
    }
    # What a stranger reads first: only our own words until the workspace is trusted.
    subject = _("Your chat")
    if is_trusted(conversation.workspace):
        subject = _("Your chat with %(workspace)s") % {"workspace": workspace}
    return RenderedEmail(
        subject=subject,
        headers=unsubscribe_headers(unsubscribe_url),
        **render_bodies("transcript", context),
    )
