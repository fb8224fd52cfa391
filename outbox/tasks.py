from celery import shared_task


@shared_task
def deliver(pk):
    from outbox.sending import deliver_due

    deliver_due(pk)


@shared_task
def sweep(most=200):
    """Whatever is due and nobody was woken for."""
    from outbox.sending import deliver_due

    for _ in range(most):
        if deliver_due() is None:
            break
