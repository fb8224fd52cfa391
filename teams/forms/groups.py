"""Forms for teams and roles. Each offers only rows of the member's workspace."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from messagehub.lib.comparing import name_key, same_name
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField
from teams.models import Membership, Role, Team
from teams.permissions import Permission


class NamedRowForm(SharedForm):
    """A row whose name is unique in its workspace, ignoring case.

    Not a ModelForm, so that the row keeps its stored values until the action has audited them.
    """

    model: type
    name = LineField(label=_("Name"), max_length=40)

    def __init__(self, *args, by, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.workspace, self.instance = by, by.workspace, instance

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = self.model.objects.alias(compared=same_name("name"))
        others = others.filter(workspace=self.workspace, compared=same_name(Value(name)))
        if others.exclude(pk=self.instance and self.instance.pk).exists():
            raise ValidationError(_("This name is already in use."))
        return name


class TeamForm(NamedRowForm):
    model = Team
    members = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        label=_("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        members = Membership.objects.present().filter(workspace=self.workspace)
        self.fields["members"].queryset = members.select_related("user").order_by("user__name")
        if self.instance:
            self.initial |= {"name": self.instance.name, "members": self.instance.members.all()}


class RoleForm(NamedRowForm):
    """Offers only permissions that the member who edits the role has themselves."""

    model = Role
    permissions = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=Permission,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        allowed = self.by.permissions
        self.fields["permissions"].choices = [
            choice for choice in Permission.choices if choice[0] in allowed
        ]
        if self.instance:
            self.initial |= {"name": self.instance.name, "permissions": self.instance.permissions}

    def clean_name(self):
        name = super().clean_name()
        if name_key(name) in {name_key(str(label)) for label in Role.NAMES.values()}:
            raise ValidationError(_("This is the name of a built-in role."))
        return name
