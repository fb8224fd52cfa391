from celery import shared_task


@shared_task
def record_facts():
    """Record what timelines have gained since the last run."""
    from reports.recording import record_new_entries

    record_new_entries()


@shared_task
def queue_weekly_reports():
    """Queue last week's report for everyone whose Monday morning has come."""
    from reports import weekly

    weekly.queue_weekly_reports()


@shared_task
def update_reply_times():
    """Tell the chats how long visitors usually wait for a reply."""
    from reports import reply_times

    reply_times.update_reply_times()
