"""Search the timelines for events, so that storing a contact's message costs no extra work.

What colleagues do is reported at once (notifications.receivers); the sweep finds it too if that
failed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox.models import Message
from messagehub.lib.ids import first_id_at
from notifications.actions import notify
from notifications.events import events_of, find_answers, find_due_responses
from notifications.models import Sweep

# A message's id is made before its transaction commits, perhaps by a server whose clock is slow.
OVERLAP = timedelta(seconds=30)
# Long enough for the page of a member who is reading the conversation to report what they saw.
READING_TIME = timedelta(seconds=3)


def notify_of_new_entries():
    """Notify members of what happened since the last sweep. Does nothing while another one runs."""
    with transaction.atomic():
        sweep = lock_sweep()
        if sweep is None:
            return
        started_at = timezone.now()
        notify(find_events(sweep.finished_at, started_at))
        sweep.finished_at = started_at
        sweep.save()


def begin_sweeps():
    """Let the first sweep of an installation search for events from now on."""
    Sweep.objects.bulk_create([Sweep(pk=1)], ignore_conflicts=True)


def lock_sweep():
    begin_sweeps()
    return Sweep.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def find_events(since, now):
    first_id = first_id_at(since - OVERLAP)
    of_colleagues = Q(activity=Message.Activity.ASSIGNED) | Q(details__has_key="mentions")
    entries = Message.objects.filter(of_colleagues, pk__gt=first_id).defer("body").order_by("pk")
    answers = find_answers(first_id, now - READING_TIME)
    return events_of(list(entries)) | answers | find_due_responses()
