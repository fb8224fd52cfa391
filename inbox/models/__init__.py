from inbox.models.contact import Contact, Visitor
from inbox.models.conversation import Conversation, Reading
from inbox.models.inbox import Inbox, InboxMember
from inbox.models.message import Message

__all__ = ["Contact", "Conversation", "Inbox", "InboxMember", "Message", "Reading", "Visitor"]
