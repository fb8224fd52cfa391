from inbox.forms.contact import (
    ContactForm,
    ContactNameForm,
    OwnerForm,
    owner_choices,
    possible_owners,
)
from inbox.forms.inbox import AppearanceForm, InstallationForm, NewInboxForm, PeopleForm
from inbox.forms.message import MAX_MESSAGE_LENGTH, AssignmentForm, MessageForm, assignable_to

__all__ = [
    "MAX_MESSAGE_LENGTH",
    "AppearanceForm",
    "AssignmentForm",
    "ContactForm",
    "ContactNameForm",
    "InstallationForm",
    "MessageForm",
    "NewInboxForm",
    "OwnerForm",
    "PeopleForm",
    "assignable_to",
    "owner_choices",
    "possible_owners",
]
