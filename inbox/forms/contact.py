import re

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.forms.contact_attribute import to_stored, value_field
from inbox.models import Contact, ContactNote
from inbox.models.contact_attribute import ATTRIBUTES
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import AddressField, LineField, PlainTextField
from teams.models import Membership
from teams.permissions import Permission

PHONE = re.compile(r"\+?[\d\s()./-]*(?:(?:x|ext\.?|#) ?\d+)?", re.IGNORECASE)


class PhoneField(LineField):
    default_error_messages = {"invalid": _("Enter a phone number, such as +49 170 1234567.")}

    def clean(self, value):
        phone = super().clean(value)
        if phone and not (PHONE.fullmatch(phone) and 3 <= sum(map(str.isdigit, phone)) <= 20):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return phone


class ContactForm(SharedForm):
    """A contact's own fields and the attributes that the workspace defined."""

    name = LineField(label=_("Name"), max_length=80, required=False)
    email = AddressField(label=_("Email"), max_length=254, required=False)
    phone = PhoneField(label=_("Phone"), max_length=40, required=False)
    company = LineField(label=_("Company"), max_length=80, required=False)

    def __init__(self, *args, contact, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {name: getattr(contact, name) for name in self.fields}
        self.keys = {}
        for attribute in ATTRIBUTES.all(workspace=contact.workspace_id):
            name = f"attribute-{attribute.pk}"
            self.keys[name] = attribute.key
            self.fields[name] = value_field(attribute)
            self.initial[name] = contact.attributes.get(attribute.key, "")

    @property
    def values(self):
        """Return the arguments of edit_contact(). Fields that weren't sent keep their values."""
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        attributes = {key: to_stored(sent[name]) for name, key in self.keys.items() if name in sent}
        return {n: v for n, v in sent.items() if n not in self.keys} | {"attributes": attributes}


OWN_FIELDS = {name: ContactForm.base_fields[name] for name in Contact.OWN_FIELDS}


class ContactNoteForm(forms.Form):
    body = PlainTextField(label=_("New note"), max_length=ContactNote.MAX_LENGTH)


class ContactNameForm(forms.Form):
    """Renames a contact in the header of a conversation. An empty name shows the nickname."""

    name = LineField(max_length=80, required=False)


class OwnerForm(forms.Form):
    """Offers only agents of the workspace, so any other member is an invalid choice."""

    owner = forms.ModelChoiceField(
        Membership.objects.none(),
        required=False,
        empty_label=_("No owner"),
        error_messages={"invalid_choice": _("This member can't be an owner.")},
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners(workspace)


def possible_owners(workspace):
    agents = Membership.objects.active().with_permission(Permission.ANSWER)
    return agents.filter(workspace=workspace).with_related().order_by("user__name", "pk")


class ManyLabelsForm(forms.Form):
    """A label by its name, for many contacts."""

    name = LineField(
        max_length=40, error_messages={"required": _("Enter the name of a label first.")}
    )
