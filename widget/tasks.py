from celery import shared_task


@shared_task
def sweep_opening_hours():
    """Opening hours that began or ended are seen by those who wait."""
    from widget.opening_hours import publish_opening_changes

    publish_opening_changes()
