"""Emails offline members who were mentioned in a note."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.email_kinds import EmailKind
from messagehub.lib.tokens import hash_token
from notifications.models import Notification
from notifications.news import load_news
from outbox.actions import queue_deliveries
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from outbox.models import Delivery
from routing.emails import unconfirmed_limit
from routing.emails.pacing import FIRST_DELAY, earliest_send_time
from routing.emails.rendering import (
    find_conversation,
    find_recipient,
    localized_for,
    postpone_if_deleted,
    render_bodies,
)
from routing.emails.unanswered import may_be_reachable

# A member who is online sees the bell, or goes offline without having read it.
RECHECK_AFTER = timedelta(minutes=2)


def queue_mention_emails(notifications):
    """Queue an email to each member who is mentioned and offline, unless one is waiting already.

    It is rendered when it leaves, so it shows the latest mention.
    """
    wanted = [each for each in notifications if each.membership.email_mentions]
    waiting = Delivery.objects.filter(
        about__in={each.conversation_id for each in wanted},
        kind=EmailKind.MENTIONED,
        state=Delivery.State.WAITING,
    )
    known = set(waiting.values_list("about", "recipient")) if wanted else ()
    queue_deliveries(
        [
            build_delivery(each)
            for each in wanted
            if (each.conversation_id, each.membership.user.email) not in known
            and not may_be_reachable(each.membership)
        ]
    )


def build_delivery(notification):
    member, conversation = notification.membership, notification.conversation_id
    address = hash_token(member.user.email)[:16]
    return Delivery(
        kind=EmailKind.MENTIONED,
        recipient=member.user.email,
        workspace_id=notification.workspace_id,
        about=conversation,
        key=f"mentioned:{conversation}:{member.pk}:{notification.seq}:{address}",
        payload={"conversation": str(conversation), "membership": str(member.pk)},
        next_attempt_at=earliest_send_time(member, [], delay=FIRST_DELAY),
    )


@email_renderer(EmailKind.MENTIONED)
def render_mention(delivery):
    """Return None if the mention was read or deleted, or the recipient may not see it any more."""
    conversation, recipient = find_conversation(delivery), find_recipient(delivery)
    if conversation is None:
        return None
    if later := postpone_if_deleted(conversation):
        return later
    if recipient is None or not recipient.email_mentions:
        return None
    mention = Notification.objects.visible_to(recipient).unread()
    mention = mention.filter(conversation=conversation, kind=Notification.Kind.MENTIONED)
    news = load_news(mention, recipient)
    if not news or news[0].entry is None or news[0].entry.deleted_at:
        return None
    if later := postponed_until(delivery, recipient):
        return Postpone(later)
    with localized_for(conversation.workspace, recipient.zone):
        return render(news[0], conversation)


def postponed_until(delivery, recipient):
    """Return when to try again during quiet hours, while they are online, or at a limit."""
    now = timezone.now()
    if later := recipient.quiet_until(now):
        return later
    if may_be_reachable(recipient):
        return now + RECHECK_AFTER
    return unconfirmed_limit.limited_until(delivery, recipient)


def render(news, conversation):
    context = {
        "author": news.entry.author_name,
        "entry": news.entry,
        "conversation": conversation,
        "contact": conversation.contact,
        "url": settings.SITE_URL + news.url,
    }
    subject = _("%(author)s mentioned you (%(number)s, %(contact)s)") % {
        "author": context["author"],
        "number": conversation,
        "contact": conversation.contact.display_name,
    }
    bodies = render_bodies("mentioned", context, app="notifications")
    return RenderedEmail(subject=subject, **bodies)
