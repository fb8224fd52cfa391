from django.dispatch import receiver

from inbox.models import Message
from inbox.signals import (
    bulk_run_finished,
    bulk_run_undone,
    conversation_changed,
    conversation_read,
    desk_counts_requested,
)
from notifications.actions import correct_bulk_notifications, mark_conversation_read, notify
from notifications.events import events_of, find_bulk_assignments
from notifications.live import UNREAD


@receiver(conversation_changed)
def notify_of_colleagues(sender, change, **kwargs):
    """Notify of what a colleague did. Changes by contacts and by routing wait for the sweep."""
    if any(each.kind == Message.Kind.CONTACT for each in change.entries):
        return
    notify(events_of([each for each in change.entries if each.author_id and concerns(each)]))


def concerns(entry):
    return entry.mentions or entry.activity == Message.Activity.ASSIGNED


@receiver(bulk_run_finished)
def notify_of_bulk_run(sender, run, **kwargs):
    """Notify members once of all conversations that a colleague assigned to them at once."""
    notify(find_bulk_assignments(run))


@receiver(bulk_run_undone)
def on_bulk_run_undone(sender, run, **kwargs):
    correct_bulk_notifications(run)


@receiver(conversation_read)
def on_conversation_read(sender, conversation, membership, seq, **kwargs):
    mark_conversation_read(conversation, membership=membership, seq=seq)


@receiver(desk_counts_requested)
def answer_desk_counts(sender, **kwargs):
    return UNREAD
