from inbox.forms.appearance import AppearanceForm
from inbox.forms.contact import (
    ContactForm,
    ContactNameForm,
    ContactNoteForm,
    OwnerForm,
    possible_owners,
)
from inbox.forms.inbox import InboxMembersForm, InstallationForm, NewInboxForm
from inbox.forms.message import (
    MAX_MESSAGE_LENGTH,
    AssignmentForm,
    DraftForm,
    MessageForm,
    NoteForm,
    ReplyForm,
    RevisionForm,
    possible_assignees,
)
from inbox.forms.prechat import PreChatSettingsForm
from inbox.forms.saved_view import SavedViewForm

__all__ = [
    "MAX_MESSAGE_LENGTH",
    "AppearanceForm",
    "AssignmentForm",
    "ContactForm",
    "ContactNameForm",
    "ContactNoteForm",
    "DraftForm",
    "InboxMembersForm",
    "InstallationForm",
    "MessageForm",
    "NewInboxForm",
    "NoteForm",
    "OwnerForm",
    "PreChatSettingsForm",
    "ReplyForm",
    "RevisionForm",
    "SavedViewForm",
    "possible_assignees",
    "possible_owners",
]
