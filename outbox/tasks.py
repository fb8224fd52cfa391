import time

from celery import shared_task


@shared_task
def deliver(pk):
    from outbox.sending import deliver_due

    deliver_due(pk)


@shared_task
def sweep(most=200, seconds=30):
    """Whatever is due and nobody was woken for. A slow mail host holds a worker no longer."""
    from outbox.sending import deliver_due

    until = time.monotonic() + seconds
    for _ in range(most):
        if deliver_due() is None or time.monotonic() > until:
            break
