from celery import shared_task


@shared_task
def sweep_opening_hours():
    """Show waiting visitors that opening hours have started or ended."""
    from widget.opening_hours import publish_opening_changes

    publish_opening_changes()
