from django import forms
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import AddressField, LineField
from teams.models import Membership
from teams.permissions import Permission


class ContactForm(forms.Form):
    """What agents know about a contact."""

    name = LineField(label=_("Name"), max_length=80, required=False)
    email = AddressField(label=_("Email"), max_length=254, required=False)


class ContactNameForm(forms.Form):
    """The name alone, from the header of a conversation. Empty: the made-up one."""

    name = LineField(max_length=80, required=False)


class OwnerForm(forms.Form):
    """Offers only the people of the workspace who answer chats, so others are no choice."""

    owner = forms.ModelChoiceField(
        Membership.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        error_messages={"invalid_choice": _("This person cannot be an owner here.")},
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners(workspace)


def owner_choices(contact):
    """Who may be the owner, by name. An owner who is none of them any more stays the owner."""
    people = list(possible_owners(contact.workspace_id))
    known = {person.pk: person for person in people}
    contact.owner = known.get(contact.owner_id) or contact.owner
    return people


def possible_owners(workspace):
    people = Membership.objects.active().with_permission(Permission.ANSWER)
    return people.filter(workspace=workspace).with_related().order_by("user__name", "pk")
