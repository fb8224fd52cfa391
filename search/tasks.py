from celery import shared_task


@shared_task
def index_new_messages():
    """Index the messages since the last run, so that the search finds them."""
    from search import indexing

    indexing.index_new_messages()
