"""Up to where somebody has read a conversation.

ReadMarker is no change of the conversation: nothing is locked, no list is told, and a mark that comes
late or twice never goes back.
"""

from django.db.models import F
from django.db.models.functions import Least

from inbox.live_updates import tell_receipt
from inbox.models import Conversation, ReadMarker


def mark_read(conversation, *, membership, seq):
    """A member has seen everything up to this entry; more than there is counts as all there is."""
    seq = min(seq, conversation.last_seq)
    reading = ReadMarker(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        membership=membership,
        seq=seq,
    )
    ReadMarker.objects.bulk_create([reading], ignore_conflicts=True)
    known = ReadMarker.objects.filter(conversation=conversation, membership=membership)
    known.filter(seq__lt=seq).update(seq=seq)


def mark_read_by_contact(conversation, *, seq):
    """The chat has shown them everything up to this entry; whoever has it open at the desk is
    told what became of the last reply."""
    unread = Conversation.objects.filter(pk=conversation.pk, contact_read_seq__lt=seq)
    if unread.update(contact_read_seq=Least(seq, F("last_seq"))):
        conversation.refresh_from_db(fields=["contact_read_seq"])
        tell_receipt(conversation)
