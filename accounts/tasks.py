from celery import shared_task


@shared_task
def forget_sessions():
    """Those that have run out."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from messagehub.lib.retention import delete_oldest

    delete_oldest(Session.objects.filter(expire_date__lt=timezone.now()))
