from django.dispatch import receiver

from inbox.models import Message
from inbox.signals import conversation_changed, conversation_read, desk_counts_requested
from notifications.actions import mark_conversation_read, notify
from notifications.events import events_of
from notifications.live import count_unread


@receiver(conversation_changed)
def notify_of_colleagues(sender, change, **kwargs):
    """Notify of what a colleague did. Changes by contacts and by routing wait for the sweep."""
    if any(each.kind == Message.Kind.CONTACT for each in change.entries):
        return
    notify(events_of([each for each in change.entries if each.author_id and concerns(each)]))


def concerns(entry):
    return entry.mentions or entry.activity == Message.Activity.ASSIGNED


@receiver(conversation_read)
def on_conversation_read(sender, conversation, membership, seq, **kwargs):
    mark_conversation_read(conversation, membership=membership, seq=seq)


@receiver(desk_counts_requested)
def answer_desk_counts(sender, membership, **kwargs):
    return count_unread(membership)
