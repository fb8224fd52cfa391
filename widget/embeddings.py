"""Notes which websites ask for the script, so that the installation page can say where it was seen.

Every page view of every website requests it, so each process writes at most once in ten minutes for
each site.
"""

from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone

from inbox.models import Embedding
from messagehub.lib.origin import parse_origin

INTERVAL = timedelta(minutes=10).total_seconds()
MAX_SITES = 20  # of an inbox; anyone can make up more
MAX_REMEMBERED = 10_000

noted = {}  # (inbox's id, site): when, on the monotonic clock


def is_own_page(page):
    """Return whether a page is one of ours that show the chat alone (widget.views.page)."""
    return page.startswith(f"{settings.SITE_URL}/c/")


def site_of(page):
    """Return the origin of a page, or "" if the browser didn't send one."""
    try:
        return parse_origin(page)[:255]
    except ValueError:
        return ""


def note_embedding(inbox, page):
    """Remember that a page of this site asked for the script."""
    site = site_of(page)
    now = monotonic()
    if not site or is_own_page(page) or now - noted.get((inbox.pk, site), -INTERVAL) < INTERVAL:
        return
    if len(noted) >= MAX_REMEMBERED:
        noted.clear()
    noted[inbox.pk, site] = now
    at = timezone.now()
    if Embedding.objects.filter(inbox=inbox, site=site).update(last_seen_at=at):
        return
    if Embedding.objects.filter(inbox=inbox).count() < MAX_SITES:
        row = Embedding(workspace_id=inbox.workspace_id, inbox=inbox, site=site, last_seen_at=at)
        Embedding.objects.bulk_create([row], ignore_conflicts=True)
