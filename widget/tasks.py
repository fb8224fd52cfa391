from celery import shared_task


@shared_task
def sweep_openings():
    """Opening hours that began or ended are seen by those who wait."""
    from widget.openings import tell_openings

    tell_openings()
