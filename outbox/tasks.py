import time

from celery import shared_task

from outbox.send_slots import send_slots


@shared_task
def deliver(pk):
    """Send one email, then those that had to wait for a free slot."""
    from outbox.sending import deliver_due

    if send_slots.run(lambda: deliver_due(pk)):
        sweep()


@shared_task
def sweep(max_emails=200, seconds=30):
    """Send all due emails whose own task was lost. A slow mail server stops this after a while."""
    deadline = time.monotonic() + seconds
    while send_slots.run(lambda: send_due(max_emails, deadline)) and time.monotonic() < deadline:
        pass


def send_due(max_emails, deadline):
    from outbox.sending import deliver_due

    for _ in range(max_emails):
        if deliver_due() is None or send_slots.is_paused or time.monotonic() > deadline:
            break


@shared_task
def delete_old_deliveries():
    from outbox import retention

    retention.delete_old_secrets()
    retention.delete_old_deliveries()
