"""Records how far members and contacts have read a conversation.

Reading doesn't change the conversation, so nothing is locked and no list is updated. A request that
comes late or twice never moves a marker back.
"""

from django.db.models import F
from django.db.models.functions import Least

from inbox.live_updates import publish_receipt
from inbox.models import Conversation, ReadMarker
from inbox.signals import conversation_read


def mark_read(conversation, *, membership, seq):
    """Mark everything up to this entry as read by a member. A `seq` past the end means all."""
    seq = min(seq, conversation.last_seq)
    marker = ReadMarker(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        membership=membership,
        seq=seq,
    )
    ReadMarker.objects.bulk_create([marker], ignore_conflicts=True)
    markers = ReadMarker.objects.filter(conversation=conversation, membership=membership)
    markers.filter(seq__lt=seq).update(seq=seq)
    conversation_read.send(Conversation, conversation=conversation, membership=membership, seq=seq)


def mark_read_by_contact(conversation, *, seq):
    """Mark everything up to this entry as read by the contact and publish the receipt to agents."""
    unread = Conversation.objects.filter(pk=conversation.pk, contact_read_seq__lt=seq)
    if unread.update(contact_read_seq=Least(seq, F("last_seq"))):
        conversation.refresh_from_db(fields=["contact_read_seq"])
        publish_receipt(conversation)
