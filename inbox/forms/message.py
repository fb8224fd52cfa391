from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.actions.draft import MAX_LENGTH
from inbox.models import Draft
from inbox.reply_variables import find_unfilled, in_braces
from messagehub.lib.text import PlainTextField, parse_uuid
from teams.models import Membership

MAX_MESSAGE_LENGTH = 5000
MAX_FILES = 10


class FilesField(forms.Field):
    """The ids of uploaded files, in order. Cleans to a list of UUIDs."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        values = value if isinstance(value, list) else []
        try:
            ids = list(dict.fromkeys(UUID(each) for each in values))
        except (ValueError, AttributeError, TypeError):
            raise ValidationError(_("A file couldn't be found. Attach it again.")) from None
        if len(ids) > MAX_FILES:
            raise ValidationError(_("Send at most 10 files in one message."))
        return ids


class MessageForm(forms.Form):
    """A message or note, with the id that the browser gave it. The desk and the widget share it.

    It has a text, files or both.
    """

    body = PlainTextField(
        max_length=MAX_MESSAGE_LENGTH,
        required=False,
        error_messages={
            "max_length": _(
                "Your message is longer than %(limit_value)d characters. "
                "Shorten it or send it in parts."
            ),
        },
    )
    client_id = forms.UUIDField()
    files = FilesField(required=False)

    def clean(self):
        data = super().clean()
        if data.get("body") == "" and data.get("files") == []:
            self.add_error("body", _("Enter a message."))
        return data


class ReplyForm(MessageForm):
    """A message to a contact: every variable of a canned reply must be filled in.

    known_seq: the last entry that its author has seen.
    """

    known_seq = forms.IntegerField(required=False, min_value=0, max_value=10**9)

    def clean_body(self):
        return check_filled(self.cleaned_data["body"])


def check_filled(body):
    """Return the text, or raise ValidationError if a variable of a canned reply is left in it."""
    if unfilled := find_unfilled(body):
        raise ValidationError(
            _(
                "Fill in %(variables)s before you send this. To send the braces themselves, "
                "write a backslash before them: \\%(first)s."
            ),
            params={
                "variables": ", ".join(map(in_braces, unfilled)),
                "first": in_braces(unfilled[0]),
            },
        )
    return body


class IdsField(forms.Field):
    """The ids in all fields of one name. What isn't an id is left out: no form sends it."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        return {pk for pk in map(parse_uuid, value or ()) if pk}


class NoteForm(MessageForm):
    """mentioned: the members and teams that the author chose while typing."""

    mentioned = IdsField(required=False)


class RevisionForm(forms.Form):
    """The new text of a message. Only one with files may have none."""

    body = MessageForm.base_fields["body"]

    def __init__(self, *args, message, **kwargs):
        super().__init__(*args, **kwargs)
        self.message = message
        self.fields["body"].required = not message.files

    def clean_body(self):
        body = self.cleaned_data["body"]
        return check_filled(body) if self.message.is_visible_to_contact else body


class DraftForm(forms.Form):
    """The draft of a member, as it is in the field."""

    kind = forms.ChoiceField(choices=Draft.KINDS)
    body = PlainTextField(required=False, max_length=MAX_LENGTH)
    client_id = forms.UUIDField()
    tab = forms.UUIDField()
    version = forms.UUIDField(required=False)
    drops_other = forms.BooleanField(required=False)


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
