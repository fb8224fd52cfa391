"""Render the email that brings an agent's replies to a contact who has left.

Threat: a stranger leaves someone else's address. Such an email goes out only after an agent wrote
a reply, a limited number of times a day, with a link to unsubscribe and no link to foreign sites.
"""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from messagehub.lib.templatetags.mail import plain_name
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from outbox.models import RECHECK_DELAY, Delivery
from outbox.reasons import OPERATOR_REASONS
from routing.emails.rendering import (
    find_conversation,
    localized_for,
    postpone_if_deleted,
    render_bodies,
)
from routing.emails.replies import reply_delay, reply_emails
from routing.emails.reply_address import (
    reply_address_of,
    unsubscribe_headers,
    unsubscribe_url_of,
)
from routing.emails.return_links import return_link
from routing.emails.unread import unread_replies
from teams.trust import is_trusted

MAX_PER_DAY = 20
MAX_PER_DAY_UNTRUSTED = 20  # of the whole workspace
DAY = timedelta(days=1)
MAX_EARLIER = 30  # earlier messages of the conversation


@email_renderer(EmailKind.REPLY)
def render_reply(delivery):
    """Return None if they have read it, unsubscribed, or changed their address."""
    conversation = find_conversation(delivery)
    if conversation is None or conversation.contact.email != delivery.recipient:
        return None
    if later := postpone_if_deleted(conversation):
        return later
    if reply_emails(conversation, delivery.recipient).ahead_of(delivery).exists():
        return Postpone(timezone.now() + RECHECK_DELAY)
    delay = reply_delay(conversation, conversation.contact)
    new_messages = unread_replies(conversation) if delay is not None else None
    if not new_messages:
        return None
    earliest = max(new_messages.first_at + delay, limited_until(delivery))
    if earliest > timezone.now():
        return Postpone(earliest)
    delivery.payload["upto"] = new_messages.upto
    workspace, language = conversation.workspace, conversation.contact.language
    with localized_for(workspace, workspace.zone, language):
        return render(conversation, new_messages)


def limited_until(delivery):
    """Return when the daily limits allow this email; a time in the past means now.

    They count the emails in one conversation and to one address. After a bounce the address gets
    nothing for a day, or mail providers would take us for spammers. A workspace that is not
    trusted also has a limit over all addresses: it could be its own visitor, leave a stranger's
    address each time, and answer with an advertisement.
    """
    yesterday = timezone.now() - DAY
    replies = Delivery.objects.filter(kind=EmailKind.REPLY).exclude(pk=delivery.pk)
    to_address = replies.filter(workspace=delivery.workspace_id, recipient=delivery.recipient)
    bounced = to_address.filter(state__in=["failed", "bounced"], failed_at__gt=yesterday)
    since = [
        # Each uses an index of its own. Asked with OR, PostgreSQL read all of the workspace's.
        nth_latest(MAX_PER_DAY, to_address.filter(sent_at__gt=yesterday)),
        nth_latest(MAX_PER_DAY, replies.filter(about=delivery.about, sent_at__gt=yesterday)),
        bounced.exclude(reason__in=OPERATOR_REASONS).aggregate(last=Max("failed_at"))["last"],
    ]
    if not is_trusted(delivery.workspace):
        of_workspace = replies.filter(workspace=delivery.workspace_id, sent_at__gt=yesterday)
        since.append(nth_latest(MAX_PER_DAY_UNTRUSTED, of_workspace))
    return max([yesterday, *filter(None, since)]) + DAY


def nth_latest(number, sent):
    """Return when the nth latest left, or None if there are fewer."""
    latest_first = sent.order_by("-sent_at").values_list("sent_at", flat=True)
    return next(iter(latest_first[number - 1 : number]), None)


def render(conversation, new_messages):
    earlier = conversation.messages.visible_to_contact().not_deleted()
    earlier = earlier.filter(seq__lt=new_messages.first_seq)
    earlier = list(earlier.with_related().order_by("-seq")[: MAX_EARLIER + 1])
    address = reply_address_of(conversation.contact)
    unsubscribe_url = unsubscribe_url_of(address)
    names = {
        "name": new_messages.latest[-1].name_for_contact,
        "workspace": conversation.workspace.name,
    }
    params = {key: plain_name(name) for key, name in names.items()}
    context = params | {
        "conversation": conversation,
        "new_messages": new_messages,
        "earlier": earlier[:MAX_EARLIER][::-1],
        "has_more_earlier": len(earlier) > MAX_EARLIER,
        "url": return_link(conversation),
        "unsubscribe_url": unsubscribe_url,
    }
    return RenderedEmail(
        **subject_and_sender(conversation.workspace, params),
        headers=unsubscribe_headers(unsubscribe_url),
        **render_bodies("reply", context),
    )


def subject_and_sender(workspace, params):
    """Return what a stranger reads first: only our own words until the workspace is trusted."""
    if not is_trusted(workspace):
        return {"subject": _("You have a new reply to your chat")}
    return {
        "subject": _("%(name)s from %(workspace)s replied to you") % params,
        "from_name": _("%(name)s from %(workspace)s") % params,
    }
