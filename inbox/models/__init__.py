from inbox.models.attachment import Attachment, DiscardedFile
from inbox.models.bulk import BulkItem, BulkRun
from inbox.models.canned_reply import CannedReply, CannedReplyInbox
from inbox.models.contact import Contact
from inbox.models.contact_attribute import ContactAttribute
from inbox.models.contact_import import ContactImport
from inbox.models.contact_job import ContactJob
from inbox.models.contact_note import ContactNote, FormerContact
from inbox.models.conversation import Conversation
from inbox.models.draft import Draft
from inbox.models.embedding import Embedding
from inbox.models.follower import Follower
from inbox.models.handover import PendingHandover
from inbox.models.identity import ContactIdentity, IdentitySecret
from inbox.models.inbox import Inbox, InboxMember
from inbox.models.label import ConversationLabel, Label
from inbox.models.mention import Mention
from inbox.models.message import Message
from inbox.models.page_greeting import PageGreeting
from inbox.models.read_marker import ReadMarker
from inbox.models.saved_view import FavouriteInbox, SavedView
from inbox.models.visitor import Visitor

__all__ = [
    "Attachment",
    "BulkItem",
    "BulkRun",
    "CannedReply",
    "CannedReplyInbox",
    "Contact",
    "ContactAttribute",
    "ContactIdentity",
    "ContactImport",
    "ContactJob",
    "ContactNote",
    "Conversation",
    "ConversationLabel",
    "DiscardedFile",
    "Draft",
    "Embedding",
    "FavouriteInbox",
    "Follower",
    "FormerContact",
    "IdentitySecret",
    "Inbox",
    "InboxMember",
    "Label",
    "Mention",
    "Message",
    "PageGreeting",
    "PendingHandover",
    "ReadMarker",
    "SavedView",
    "Visitor",
]
