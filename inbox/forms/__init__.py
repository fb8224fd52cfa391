from inbox.forms.contact import (
    ContactForm,
    ContactNameForm,
    OwnerForm,
    owner_choices,
    possible_owners,
)
from inbox.forms.inbox import AppearanceForm, InboxMembersForm, InstallationForm, NewInboxForm
from inbox.forms.message import (
    MAX_MESSAGE_LENGTH,
    AssignmentForm,
    MessageForm,
    NoteForm,
    ReplyForm,
    possible_assignees,
)

__all__ = [
    "MAX_MESSAGE_LENGTH",
    "AppearanceForm",
    "AssignmentForm",
    "ContactForm",
    "ContactNameForm",
    "InboxMembersForm",
    "InstallationForm",
    "MessageForm",
    "NewInboxForm",
    "NoteForm",
    "OwnerForm",
    "ReplyForm",
    "owner_choices",
    "possible_assignees",
    "possible_owners",
]
