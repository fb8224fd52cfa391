"""A contact has gone: what they were answered reaches them by email, with a way back.

Threat: a stranger leaves somebody else's address. Such a mail goes out only after an agent wrote
a reply, so many a day at most, with a link that ends them and none to a site that is not ours.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from messagehub.lib.templatetags.mail import plain_name
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from outbox.models import RECHECK_DELAY, Delivery
from outbox.reasons import OPERATOR_REASONS
from routing.emails.reply_address import reply_address_of
from routing.emails.replies import replies_to, reply_minutes
from routing.emails.rendering import as_read_in, find_conversation, parts, until_restored
from routing.emails.return_links import return_link
from routing.emails.unread import unread_replies
from teams.trust import is_trusted

MOST_A_DAY = 20
MOST_A_DAY_UNTRUSTED = 20  # of the whole workspace
DAY = timedelta(days=1)
MOST_EARLIER = 30  # entries of the conversation so far


@email_renderer(EmailKind.REPLY)
def reply_letter(delivery):
    """None when they have read it, want no mails, or have another address by now."""
    conversation = find_conversation(delivery)
    if conversation is None or conversation.contact.email != delivery.recipient:
        return None
    if later := until_restored(conversation):
        return later
    if replies_to(conversation, delivery.recipient).ahead_of(delivery).exists():
        return Postpone(timezone.now() + RECHECK_DELAY)
    minutes = reply_minutes(conversation, conversation.contact)
    news = unread_replies(conversation) if minutes is not None else None
    if not news:
        return None
    earliest = max(news.first_at + minutes, limited_until(delivery))
    if earliest > timezone.now():
        return Postpone(earliest)
    delivery.payload["upto"] = news.upto
    with as_read_in(conversation.workspace, conversation.workspace.zone):
        return write(conversation, news)


def limited_until(delivery):
    """Not more than so many a day in one conversation, nor to one address; and a day after the
    address sent one back, lest we are taken for people who write to anybody.

    A workspace that is not trusted has a limit over all addresses: it could be its own visitor,
    leave a stranger's address each time, and answer with an advertisement.
    """
    yesterday = timezone.now() - DAY
    replies = Delivery.objects.filter(kind=EmailKind.REPLY).exclude(pk=delivery.pk)
    to_them = replies.filter(workspace=delivery.workspace_id, recipient=delivery.recipient)
    came_back = to_them.filter(state__in=["failed", "bounced"], failed_at__gt=yesterday)
    since = [
        # Each by an index of its own: asked with OR, all of the workspace's were looked through.
        last_but(MOST_A_DAY, to_them.filter(sent_at__gt=yesterday)),
        last_but(MOST_A_DAY, replies.filter(about=delivery.about, sent_at__gt=yesterday)),
        came_back.exclude(reason__in=OPERATOR_REASONS).aggregate(last=Max("failed_at"))["last"],
    ]
    if not is_trusted(delivery.workspace):
        all_of_them = replies.filter(workspace=delivery.workspace_id, sent_at__gt=yesterday)
        since.append(last_but(MOST_A_DAY_UNTRUSTED, all_of_them))
    return max([yesterday, *filter(None, since)]) + DAY


def last_but(number, sent):
    """When the last but so many left; None: there are fewer."""
    latest_first = sent.order_by("-sent_at").values_list("sent_at", flat=True)
    return next(iter(latest_first[number - 1 : number]), None)


def write(conversation, news):
    earlier = conversation.messages.visible_to_contact().filter(seq__lt=news.first_seq)
    earlier = list(earlier.with_related().order_by("-seq")[: MOST_EARLIER + 1])
    address = reply_address_of(conversation.contact)
    unsubscribe = settings.SITE_URL + reverse("unsubscribe", args=[address.token])
    names = {"name": news.latest[-1].author_name, "workspace": conversation.workspace.name}
    words = {key: plain_name(name) for key, name in names.items()}
    context = words | {
        "conversation": conversation,
        "news": news,
        "earlier": earlier[:MOST_EARLIER][::-1],
        "is_cut": len(earlier) > MOST_EARLIER,
        "url": return_link(conversation),
        "unsubscribe": unsubscribe,
    }
    return RenderedEmail(
        **names_in_front(conversation.workspace, words),
        headers=unsubscribing(unsubscribe),
        **parts("reply", context),
    )


def names_in_front(workspace, words):
    """Subject and sender, which a stranger reads first: with our words until it is trusted."""
    if not is_trusted(workspace):
        return {"subject": _("Your chat has an answer")}
    return {
        "subject": _("%(name)s from %(workspace)s has answered you") % words,
        "from_name": _("%(name)s from %(workspace)s") % words,
    }


def unsubscribing(url):
    """One click in the mail program does it, without opening the page (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
