from inbox.models.contact import Contact, Visitor
from inbox.models.conversation import Conversation
from inbox.models.handover import PendingHandover
from inbox.models.inbox import Inbox, InboxMember
from inbox.models.message import Message
from inbox.models.read_marker import ReadMarker

__all__ = [
    "Contact",
    "Conversation",
    "Inbox",
    "InboxMember",
    "Message",
    "PendingHandover",
    "ReadMarker",
    "Visitor",
]
