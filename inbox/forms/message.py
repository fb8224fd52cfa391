from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.conversation_list import uuid_or_none
from messagehub.lib.text import PlainTextField
from teams.models import Membership

MAX_MESSAGE_LENGTH = 5000


class MessageForm(forms.Form):
    """A message or note, with the id that the browser gave it. The desk and the widget share it."""

    body = PlainTextField(
        max_length=MAX_MESSAGE_LENGTH,
        error_messages={
            "required": _("Enter a message."),
            "max_length": _(
                "Your message is longer than %(limit_value)d characters. "
                "Shorten it or send it in parts."
            ),
        },
    )
    client_id = forms.UUIDField()


class IdsField(forms.Field):
    """The ids in all fields of one name. What isn't an id is left out: no form sends it."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        return {pk for pk in map(uuid_or_none, value or ()) if pk}


class NoteForm(MessageForm):
    """mentioned: the members and teams that the author chose while typing."""

    mentioned = IdsField(required=False)


class AssignmentForm(forms.Form):
    """Offers only possible assignees, so any other member is an invalid choice."""

    assignee = forms.ModelChoiceField(
        Membership.objects.none(), required=False, empty_label=_("Unassigned")
    )

    def __init__(self, *args, conversation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = possible_assignees(conversation)


def possible_assignees(conversation):
    """Return who can be assigned the conversation, by a colleague or by routing."""
    return conversation.inbox.possible_assignees.order_by("user__name", "pk")
