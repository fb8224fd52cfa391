from django.db import transaction
from django.utils import timezone

from messagehub.lib.on_commit import enqueue_on_commit
from messagehub.lib.prepared_row import insert_rows
from outbox import tasks
from outbox.models import Delivery


def queue_email(*, to, subject, text, html="", workspace=None, key=None, kind="email", about=None):
    """Queue a ready-made email. It is sent once, after the commit.

    A `kind` other than "email" has its own renderer, which can still cancel the email.
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
    """Queue an email, unless one with the same key exists.

    `at` is the earliest time it may leave (default: now).
    """
    delivery = Delivery(kind=kind, recipient=to, payload=payload, workspace=workspace, about=about)
    delivery.key = key or str(delivery.pk)
    delivery.next_attempt_at = at or timezone.now()
    queue_deliveries([delivery])
    return delivery if key is None else Delivery.objects.get(key=key)


def queue_deliveries(deliveries):
    """Queue several emails, except those whose key exists already."""
    insert_rows(deliveries)
    now = timezone.now()
    for delivery in deliveries:
        if delivery.next_attempt_at <= now:
            enqueue_on_commit(tasks.deliver, str(delivery.pk))


def send_deliveries_now(deliveries):
    """Send waiting emails now instead of at their planned time."""
    now = timezone.now()
    waiting = deliveries.filter(state=Delivery.State.WAITING, next_attempt_at__gt=now)
    for pk in waiting.values_list("pk", flat=True):
        enqueue_on_commit(tasks.deliver, str(pk))
    waiting.update(next_attempt_at=now)


def cancel_deliveries(deliveries):
    """Cancel waiting emails."""
    deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.CANCELLED)


def withdraw_ready_made(deliveries):
    """Cancel ready-made emails that have become invalid, and delete their text."""
    with transaction.atomic():
        for delivery in deliveries.select_for_update(of=("self",), no_key=True).order_by("pk"):
            if delivery.state == Delivery.State.WAITING:
                delivery.state = Delivery.State.CANCELLED
            if delivery.state != Delivery.State.SENDING:  # its sender deletes them
                delivery.delete_secrets()
            delivery.save(update_fields=["state", "payload"])


def retry_delivery(delivery):
    """Retry a failed or bounced email, and return whether that was possible."""
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
