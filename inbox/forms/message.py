from django import forms
from django.utils.translation import gettext_lazy as _

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
