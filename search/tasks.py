from celery import shared_task


@shared_task
def index_new_messages():
    """Make messages findable that have come since the last run."""
    from search import indexing

    indexing.index_new_messages()
