from celery import shared_task


@shared_task
def wake_snoozed():
    """What was snoozed until now comes back into the lists."""
    from inbox.actions.snooze import wake_due

    wake_due()
