"""Mail to the people of an inbox who are not there. What it says: routing.emails."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from inbox.email_kinds import EmailKind
from messagehub.lib.tokens import hash_token
from outbox.actions import cancel_deliveries, send_deliveries_now, queue_deliveries
from outbox.models import RECHECK_DELAY, Delivery
from routing.models import Routing
from routing.pool import able
from teams.models import Membership

# Long enough for the second sentence and the email address, short enough to matter.
FIRST_DELAY = timedelta(seconds=20)
EMAIL_INTERVAL = timedelta(minutes=10)
KINDS = (EmailKind.UNANSWERED, EmailKind.REASSIGNED)
KNOWN = "known"  # the mark of a mail that was cancelled because its recipient knew it already


def email_agents(conversation):
    """An email to whoever has the conversation, else to everybody routing would ask.

    Called with the row locked. To whoever has it one in ten minutes, which holds everything new
    at the moment it leaves; to the others one for as long as the contact waits.
    """
    lock_pending_emails(conversation)
    people = list(untold(conversation))
    earlier = earlier_to(people, conversation)
    wanted = [letter(conversation, person, earlier[person.user.email]) for person in people]
    queue_deliveries([delivery for delivery in wanted if delivery is not None])


def lock_pending_emails(conversation):
    """Until commit, so that a worker that takes one afterwards sees what is being written now.

    Without the lock it could be rendered in between, without this message, and no second one
    would be queued. The rows are not fetched: in a big inbox they are a thousand, at each message.
    """
    waiting = Delivery.objects.filter(
        about=conversation.pk, kind__in=KINDS, state=Delivery.State.WAITING
    )
    list(waiting.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def untold(conversation):
    """Who wants to know, but in the queue nobody who is told already: PostgreSQL leaves them out,
    who are all but a few whenever the visitor writes on."""
    people = recipients(conversation)
    if conversation.assignee_id:
        return people
    return people.exclude(user__email__in=queue_emails_sent(conversation).values("recipient"))


def queue_emails_sent(conversation):
    """The mails after which there is none to the same person: one that waits, and of this episode
    of waiting what went out, or was tried, or they knew."""
    told = Q(state=Delivery.State.WAITING)
    if conversation.waiting_since is not None:
        spared = Q(state=Delivery.State.CANCELLED) & ~Q(payload__has_key=KNOWN)
        told |= Q(created_at__gte=conversation.waiting_since) & ~spared
    return unanswered_about(conversation).filter(told)


def recipients(conversation):
    """Who wants to know."""
    if conversation.assignee_id:
        return [conversation.assignee] if conversation.assignee.email_mine else []
    return queue_email_recipients(conversation.inbox)


def queue_email_recipients(inbox, targets=None):
    """Who wants to know of what waits in an inbox. One that nobody answers is the administrators'
    business. targets: others than the stored ones, to try them out."""
    people = able(inbox, targets)
    if not people.exists():
        administrators = Membership.objects.administrators().with_related()
        people = administrators.filter(workspace=inbox.workspace_id)
    return people.filter(email_queue=True)


def letter(conversation, person, earlier):
    """The delivery for this person, or None: one waits to hold it all.

    One key an entry: a sweep that asks again and again queues nothing anew, unless what was queued
    has been cancelled and they did not know it.
    """
    same = [each for each in earlier if each.kind == EmailKind.UNANSWERED]
    if any(each.state == Delivery.State.WAITING for each in same):
        return None
    left = times_of(earlier)
    payload = {"conversation": str(conversation.pk), "membership": str(person.pk)}
    cancelled = sum(each.state == Delivery.State.CANCELLED and not knew_it(each) for each in same)
    entry = f"{conversation.pk}:{person.pk}:{conversation.last_seq}:{cancelled}"
    return Delivery(
        kind=EmailKind.UNANSWERED,
        recipient=person.user.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"unanswered:{entry}:{hash_token(person.user.email)[:16]}",
        payload=payload | {"is_first": not left},
        next_attempt_at=earliest(person, left, pause=FIRST_DELAY),
    )


def knew_it(delivery):
    """It was cancelled because they had read it, or another mail told them of it."""
    return bool(delivery.payload.get(KNOWN))


def times_of(deliveries):
    """When those left that did, or were refused: one that is being sent leaves now."""
    now = timezone.now()
    being_sent = [now for each in deliveries if each.state == Delivery.State.SENDING]
    ended = [each.sent_at or each.failed_at for each in deliveries]
    return being_sent + [moment for moment in ended if moment is not None]


def earliest(person, left, *, pause=timedelta(0)):
    """When the next one may leave: not within ten minutes of another, not in their quiet hours."""
    at = max([timezone.now() + pause, *(moment + EMAIL_INTERVAL for moment in left)])
    return person.quiet_until(at) or at


def next_after(delivery):
    """When a mail about the conversation may follow another; None: at once.

    Asked when it leaves: when it was queued, the one before may have been on its way. If that is
    still being sent, what is left to say is known once it has ended.
    """
    others = Delivery.objects.filter(about=delivery.about, kind__in=KINDS)
    others = others.filter(recipient=delivery.recipient).exclude(pk=delivery.pk)
    if others.ahead_of(delivery).exists():
        return timezone.now() + RECHECK_DELAY
    lately = timezone.now() - EMAIL_INTERVAL
    ended = others.filter(Q(sent_at__gt=lately) | Q(failed_at__gt=lately))
    left = times_of(ended)
    return max(left) + EMAIL_INTERVAL if left else None


def earlier_to(people, conversation):
    """{address: the deliveries to it that count still}. Asked once what waits is held: a worker
    may have taken one just before."""
    earlier = {person.user.email: [] for person in people}
    if earlier:
        for each in deliveries_that_count(conversation).filter(recipient__in=earlier):
            earlier[each.recipient].append(each)
    return earlier


def deliveries_that_count(conversation):
    lately = timezone.now() - EMAIL_INTERVAL
    counts = Q(state__in=["waiting", "sending"]) | Q(sent_at__gte=lately)
    counts |= Q(failed_at__gte=lately)
    if conversation.waiting_since is not None:
        counts |= Q(created_at__gte=conversation.waiting_since)
    about = Delivery.objects.filter(counts, about=conversation.pk, kind__in=KINDS)
    return about.order_by("created_at")


def hasten_agent_emails(conversation):
    """The visitor left an address: nothing more to wait for, unless a mail has just gone out.

    Quiet hours still hold: they are looked at again when it leaves.
    """
    send_deliveries_now(unanswered_about(conversation).filter(payload__is_first=True))


def cancel_agent_emails(conversation):
    """Somebody answered."""
    cancel_deliveries(unanswered_about(conversation))


def unanswered_about(conversation):
    return Delivery.objects.filter(about=conversation.pk, kind=EmailKind.UNANSWERED)


def email_owner_of_reassignment(conversation, *, owner, to):
    """Tell the owner of a contact that the chat went to `to`: they did not answer it in time."""
    if not owner.email_mine:
        return
    routing = Routing.objects.of(conversation.inbox)
    lock_pending_emails(conversation)
    left = times_of(earlier_to([owner], conversation)[owner.user.email])
    delivery = Delivery(
        kind=EmailKind.REASSIGNED,
        recipient=owner.user.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"passed_on:{conversation.pk}:{owner.pk}:{conversation.last_seq}",
        payload={
            "conversation": str(conversation.pk),
            "membership": str(owner.pk),
            "to": str(to.pk),
            "minutes": routing.owner_minutes if routing.to_owner else routing.answer_minutes,
        },
        next_attempt_at=earliest(owner, left),
    )
    queue_deliveries([delivery])
