from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messagehub.lib.name_comparison import name_key
from teams.forms.named_row import NamedRowForm
from teams.models import Role
from teams.permissions import Permission


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
