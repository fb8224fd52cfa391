"""When an agent gets the next email about a conversation."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from inbox.email_kinds import EmailKind
from messagehub.lib.prepared_query import PreparedQuery
from outbox.models import RECHECK_DELAY, Delivery

# Long enough for the second sentence and the email address, short enough to matter.
FIRST_DELAY = timedelta(seconds=20)
EMAIL_INTERVAL = timedelta(minutes=10)
KINDS = (EmailKind.UNANSWERED, EmailKind.REASSIGNED)


def lock_pending_emails(conversation):
    """Lock the emails about it until commit, so that none leaves without the message being written.

    Without the lock a worker could render one in between, without this message, and no second one
    would be queued. The rows are not fetched: in a large inbox there are a thousand for each
    message.
    """
    PENDING.all(about=conversation.pk)


PENDING = PreparedQuery(
    lambda about: (
        pending_emails(about).select_for_update(no_key=True).order_by("pk").values_list("pk")
    ),
    about=UUID,
)


def lock_emails_about_to_leave(conversation):
    """Lock those that could leave before a message in the conversation (an id) is committed.

    Nearly always there are none, and a large inbox has a thousand that leave later.
    """
    DUE.all(about=conversation, by=timezone.now() + LONGEST_COMMIT)


LONGEST_COMMIT = timedelta(seconds=5)
DUE = PreparedQuery(
    lambda about, by: (
        pending_emails(about)
        .filter(next_attempt_at__lte=by)
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk")
    ),
    about=UUID,
    by=datetime,
)


def pending_emails(conversation):
    """Return the waiting emails about a conversation (an id)."""
    return Delivery.objects.filter(about=conversation, kind__in=KINDS, state=Delivery.State.WAITING)


def recent_deliveries_to(members, conversation):
    """Return {address: its deliveries that still count}.

    Call it after lock_pending_emails: a worker may have taken one just before.
    """
    deliveries = {member.user.email: [] for member in members}
    if deliveries:
        for each in recent_deliveries(conversation).filter(recipient__in=deliveries):
            deliveries[each.recipient].append(each)
    return deliveries


def recent_deliveries(conversation):
    since = timezone.now() - EMAIL_INTERVAL
    recent = Q(state__in=["waiting", "sending"]) | Q(sent_at__gte=since)
    recent |= Q(failed_at__gte=since)
    if conversation.waiting_since is not None:
        recent |= Q(created_at__gte=conversation.waiting_since)
    about = Delivery.objects.filter(recent, about=conversation.pk, kind__in=KINDS)
    return about.order_by("created_at")


def sent_times(deliveries):
    """Return when they left or failed. One that is being sent counts as leaving now."""
    now = timezone.now()
    being_sent = [now for each in deliveries if each.state == Delivery.State.SENDING]
    ended = [each.sent_at or each.failed_at for each in deliveries]
    return being_sent + [moment for moment in ended if moment is not None]


def earliest_send_time(member, previous, *, delay=timedelta(0)):
    """Return when an email may leave: ten minutes after the previous ones, not in quiet hours."""
    at = max([timezone.now() + delay, *(moment + EMAIL_INTERVAL for moment in previous)])
    return member.quiet_until(at) or at


def delayed_until(delivery):
    """Return when an email can follow the previous one about its conversation, or None for now.

    This is asked when it leaves, because the previous one may not have left when it was queued.
    If that is still being sent, only its end shows what is left to say.
    """
    others = Delivery.objects.filter(about=delivery.about, kind__in=KINDS)
    others = others.filter(recipient=delivery.recipient).exclude(pk=delivery.pk)
    if others.ahead_of(delivery).exists():
        return timezone.now() + RECHECK_DELAY
    since = timezone.now() - EMAIL_INTERVAL
    ended = others.filter(Q(sent_at__gt=since) | Q(failed_at__gt=since))
    times = sent_times(ended)
    return max(times) + EMAIL_INTERVAL if times else None
