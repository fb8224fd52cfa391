from django.db import transaction
from django.utils import timezone

from messagehub.lib.on_commit import enqueue_on_commit
from outbox import tasks
from outbox.models import Delivery


def queue_email(*, to, subject, text, html="", workspace=None, key=None, kind="email", about=None):
    """Put a finished email into the outbox. It leaves after commit, once.

    kind: another one asks, when it leaves, whether it still means anything.
    """
    return queue_delivery(
        kind=kind,
        about=about,
        to=to,
        payload={"subject": subject, "text": text, "html": html},
        workspace=workspace,
        key=key,
    )


def queue_delivery(*, kind, to, payload, workspace=None, key=None, at=None, about=None):
    """Write one row in the caller's transaction; asking again with the same key changes nothing.

    at: the earliest moment it may leave (default: now).
    """
    delivery = Delivery(kind=kind, recipient=to, payload=payload, workspace=workspace, about=about)
    delivery.key = key or str(delivery.pk)
    delivery.next_attempt_at = at or timezone.now()
    queue_deliveries([delivery])
    return delivery if key is None else Delivery.objects.get(key=key)


def queue_deliveries(deliveries):
    """Several at once; those whose key is known already are passed over."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    now = timezone.now()
    for delivery in deliveries:
        if delivery.next_attempt_at <= now:
            enqueue_on_commit(tasks.deliver, str(delivery.pk))


def send_deliveries_now(deliveries):
    """What waits for its time leaves now."""
    now = timezone.now()
    waiting = deliveries.filter(state=Delivery.State.WAITING, next_attempt_at__gt=now)
    for pk in waiting.values_list("pk", flat=True):
        enqueue_on_commit(tasks.deliver, str(pk))
    waiting.update(next_attempt_at=now)


def cancel_deliveries(deliveries):
    """What has not left yet has become pointless."""
    deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.CANCELLED)


def withdraw_ready_made(deliveries):
    """Ready-made mails that offer nothing any more do not leave, and nobody can retry them."""
    with transaction.atomic():
        for delivery in deliveries.select_for_update(of=("self",), no_key=True).order_by("pk"):
            if delivery.state == Delivery.State.WAITING:
                delivery.state = Delivery.State.CANCELLED
            if delivery.state != Delivery.State.SENDING:  # whoever sends it forgets them
                delivery.delete_secrets()
            delivery.save(update_fields=["state", "payload"])


def retry_delivery(delivery):
    """Somebody asks for another try of what failed or came back. Returns whether there is one."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if not delivery.can_be_retried:
            return False
        delivery.state = Delivery.State.WAITING
        delivery.attempts = delivery.unconfirmed_attempts = 0
        delivery.next_attempt_at = timezone.now()
        delivery.reason = delivery.last_error = delivery.provider_id = ""
        delivery.sent_at = delivery.failed_at = None
        delivery.save()
        enqueue_on_commit(tasks.deliver, str(delivery.pk))
    return True
