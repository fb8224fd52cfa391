import time

from celery import shared_task

from outbox.send_slots import send_slots


@shared_task
def deliver(pk):
    """One email, and what others were woken for while no place was free."""
    from outbox.sending import deliver_due

    if send_slots.send(lambda: deliver_due(pk)):
        sweep()


@shared_task
def sweep(most=200, seconds=30):
    """Whatever is due and nobody was woken for. A slow mail host holds a worker no longer."""
    until = time.monotonic() + seconds
    while send_slots.send(lambda: send_due(most, until)) and time.monotonic() < until:
        pass


def send_due(most, until):
    from outbox.sending import deliver_due

    for _ in range(most):
        if deliver_due() is None or send_slots.have_a_break or time.monotonic() > until:
            break


@shared_task
def forget():
    """What ended long ago, and secrets of what failed."""
    from outbox.retention import forget_old_deliveries, delete_secrets

    delete_secrets()
    forget_old_deliveries()
