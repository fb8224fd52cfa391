from celery import shared_task


@shared_task
def delete_expired_sessions():
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from messagehub.lib.retention import delete_oldest

    delete_oldest(Session.objects.filter(expire_date__lt=timezone.now()))


@shared_task
def delete_expired_counters():
    from django.core.cache import cache

    from accounts.limits import delete_expired_counters

    delete_expired_counters()
    cache.delete_expired()


@shared_task
def delete_unused_browsers():
    from accounts.known_browsers import delete_unused

    delete_unused()
