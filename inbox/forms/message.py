from django import forms
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import PlainTextField
from teams.models import Membership

MAX_MESSAGE_LENGTH = 5000


class MessageForm(forms.Form):
    """What a person wrote, with the id their browser gave it. Desk and widget use the same."""

    body = PlainTextField(
        max_length=MAX_MESSAGE_LENGTH,
        error_messages={
            "required": _("Enter a message."),
            "max_length": _(
                "This is longer than %(limit_value)d characters. Shorten it or send it in parts."
            ),
        },
    )
    client_id = forms.UUIDField()


class AssignmentForm(forms.Form):
    """Offers only the people who can have the conversation, so others are no choice."""

    assignee = forms.ModelChoiceField(
        Membership.objects.none(), required=False, empty_label=_("Nobody: back to the queue")
    )

    def __init__(self, *args, conversation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = assignable_to(conversation)


def assignable_to(conversation):
    """Who may have it, by a colleague's hand as by routing's."""
    return conversation.inbox.possible_assignees.order_by("user__name", "pk")
