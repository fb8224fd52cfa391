from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.text import AddressField, LineField
from teams.models import Membership
from teams.permissions import Permission


class ContactForm(forms.Form):
    name = LineField(label=_("Name"), max_length=80, required=False)
    email = AddressField(label=_("Email"), max_length=254, required=False)


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


def owner_choices(contact):
    """Return the possible owners, by name. A present owner who isn't among them stays the owner."""
    owners = POSSIBLE_OWNERS.all(workspace=contact.workspace_id)
    by_pk = {owner.pk: owner for owner in owners}
    contact.owner = by_pk.get(contact.owner_id) or contact.owner
    return owners


def possible_owners(workspace):
    agents = Membership.objects.active().with_permission(Permission.ANSWER)
    return agents.filter(workspace=workspace).with_related().order_by("user__name", "pk")


# Every opened conversation offers them.
POSSIBLE_OWNERS = PreparedQuery(possible_owners, workspace=UUID)
