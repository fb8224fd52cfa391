from celery import shared_task


@shared_task
def sweep():
    """Notify members of what happened in timelines."""
    from notifications.sweep import notify_of_new_entries

    notify_of_new_entries()


@shared_task
def delete_old_notifications():
    from notifications import retention

    retention.delete_old_notifications()
