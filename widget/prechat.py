"""What a visitor is asked before their first message, if the inbox asks for something."""

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from inbox.actions.prechat import Answers
from inbox.actions.visitor import find_visitor, latest_conversation
from inbox.forms.contact import PhoneField
from inbox.forms.contact_attribute import (
    DateField,
    NumberField,
    OneOfField,
    to_stored,
    value_field,
)
from inbox.models import Inbox
from inbox.models.contact_attribute import ATTRIBUTES
from messagehub.lib.text import AddressField, LineField

# The same texts as on the desk, repeated here for the visitors' catalogue.
OWN_LABELS = {"name": _("Name"), "email": _("Email"), "phone": _("Phone")}
ERRORS = {
    PhoneField: {"invalid": _("Enter a phone number, such as +49 170 1234567.")},
    NumberField: {"invalid": _("Enter a number, such as 1200 or 12.5.")},
    DateField: {"invalid": _("Enter a date, such as 2026-01-31.")},
    OneOfField: {"invalid_choice": _("Choose one of the values in the list.")},
}


class AnswersRefused(Exception):
    """A first message came without what the inbox requires. The text is for the visitor."""


class PreChatForm(forms.Form):
    """Asks what an inbox wants to know about a visitor and doesn't know yet.

    contact: of the visitor, if there is one. It has no fields if there is nothing to ask.
    """

    def __init__(self, data=None, *, inbox: Inbox, contact=None, initial=None):
        given = {name.removeprefix("prechat-"): text for name, text in (initial or {}).items()}
        super().__init__(data, prefix="prechat", initial=given)
        self.inbox = inbox
        known = find_known(contact)
        attributes = {}
        if set(inbox.prechat_fields) - OWN_LABELS.keys():
            attributes = {each.key: each for each in ATTRIBUTES.all(workspace=inbox.workspace_id)}
        # In the order of the settings. An attribute may have been deleted since.
        for key in [*OWN_LABELS, *attributes]:
            if key in inbox.prechat_fields and key not in known:
                field = own_field(key) if key in OWN_LABELS else value_field(attributes[key])
                field.required = inbox.prechat_fields[key]
                field.error_messages |= ERRORS.get(type(field), {})
                self.fields[key] = field
        # Also if they have agreed in a different inbox, because that was to a different text.
        if inbox.consent_text:
            self.fields["consent"] = forms.BooleanField(
                label=inbox.consent_text,
                error_messages={"required": _("Please agree before you send a message.")},
            )

    @property
    def answers(self) -> Answers:
        data = dict(self.cleaned_data)
        consent = self.inbox.consent_text if data.pop("consent", False) else ""
        values = {name: data.pop(name) for name in OWN_LABELS if data.get(name)}
        stored = {key: to_stored(value) for key, value in data.items()}
        attributes = {key: text for key, text in stored.items() if text}
        return Answers(values, attributes, consent)

    @property
    def errors_by_field(self) -> dict[str, str]:
        return {self[name].html_name: errors[0] for name, errors in self.errors.items()}


def find_known(contact) -> set[str]:
    if contact is None:
        return set()
    return {name for name in OWN_LABELS if getattr(contact, name)} | contact.attributes.keys()


def own_field(key):
    if key == "email":
        field = AddressField(label=OWN_LABELS[key], max_length=254)
    elif key == "phone":
        field = PhoneField(
            label=OWN_LABELS[key], max_length=40, widget=forms.TextInput({"type": "tel"})
        )
    else:
        field = LineField(label=OWN_LABELS[key], max_length=80)
    field.widget.attrs["autocomplete"] = {"phone": "tel"}.get(key, key)
    return field


def prechat_form(inbox, visitor, data=None, *, initial=None) -> PreChatForm | None:
    """Return the form for a visitor, or None if the inbox asks them for nothing.

    data: what to check. initial: what to show in an unchecked form, by the names of its fields.
    """
    if not inbox.has_prechat_form or (visitor is not None and latest_conversation(visitor)):
        return None
    contact = visitor and visitor.contact
    form = PreChatForm(data, inbox=inbox, contact=contact, initial=initial)
    return form if form.fields else None


def prechat_html(inbox, visitor, conversation) -> str:
    form = None if conversation is not None else prechat_form(inbox, visitor)
    return render_to_string("widget/_prechat.html", {"form": form, "inbox": inbox}) if form else ""


def read_answers(inbox, token, data):
    """Return what a visitor entered (Answers), or None if they aren't asked.

    data: what the browser sent: {name of a field: anything}. Raises AnswersRefused.
    """
    if not inbox.has_prechat_form:
        return None
    form = prechat_form(inbox, find_visitor(inbox, token=token), data)
    if form is None:
        return None
    if not form.is_valid():
        raise AnswersRefused(_("Fill in the form above, then send your message again."))
    return form.answers
