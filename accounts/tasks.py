from celery import shared_task


@shared_task
def delete_expired_sessions():
    """Those that have run out."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from messagehub.lib.retention import delete_oldest

    delete_oldest(Session.objects.filter(expire_date__lt=timezone.now()))


@shared_task
def delete_expired_counters():
    """Delete the counters whose time is over."""
    from django.core.cache import cache

    from accounts.limits import delete_expired_counters

    delete_expired_counters()
    cache.delete_expired()


@shared_task
def delete_unused_browsers():
    """Delete the known browsers that no one has signed in with for long."""
    from accounts.known_browsers import delete_unused

    delete_unused()
