"""Forms of Team Settings. Each is given the workspace and offers only its rows."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from messagehub.lib.name_comparison import name_key, folded_name
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import AddressField, LineField
from teams.models import Membership, Role, Team
from teams.parts import registry
from teams.permissions import Permission


def form_data(request):
    """What a form is bound to: also an empty POST is one (nothing chosen is an answer)."""
    return request.POST if request.method == "POST" else None


class AccessForm(forms.Form):
    """Role, teams and what the apps above give (inboxes)."""

    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        workspace = self.workspace = by.workspace
        roles = [role.pk for role in workspace.roles.all() if by.can_give(role)]
        self.fields["role"].queryset = workspace.roles.filter(pk__in=roles).in_order()
        self.fields["teams"].queryset = workspace.teams.order_by("name")
        for part in registry:
            self.fields[part.name] = forms.MultipleChoiceField(
                label=part.label,
                choices=part.choices(workspace),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def parts(self):
        return {part.name: self.cleaned_data[part.name] for part in registry}

    @property
    def has_choices(self):
        """Teams or inboxes to choose from: else these parts of the form are left out."""
        return [self[name] for name in self.fields if name not in ("role", "email", "name")]


class InvitationForm(AccessForm):
    email = AddressField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    name = LineField(label=_("Name"), max_length=80)
    field_order = ["email", "name", "role", "teams"]


class HandOverForm(forms.Form):
    """To whom the open conversations of somebody who goes are given."""

    handover_to = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Their open conversations"),
        required=False,
        empty_label=_("Back to the queue: the next agents in turn"),
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        others = Membership.objects.active().with_permission(Permission.ANSWER)
        others = others.filter(workspace=membership.workspace_id).exclude(pk=membership.pk)
        self.fields["handover_to"].queryset = others.select_related("user").order_by("user__name")


class NamedRowForm(SharedForm):
    """A row with a name that is unique in its workspace, whatever the case of its letters.

    Not a ModelForm: the row stays as it is stored until the action has noted what it was.
    """

    model: type
    name = LineField(label=_("Name"), max_length=40)

    def __init__(self, *args, by, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.workspace, self.instance = by, by.workspace, instance

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = self.model.objects.alias(compared=folded_name("name"))
        others = others.filter(workspace=self.workspace, compared=folded_name(Value(name)))
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
        members = Membership.objects.current().filter(workspace=self.workspace)
        self.fields["members"].queryset = members.select_related("user").order_by("user__name")
        if self.instance:
            self.initial |= {"name": self.instance.name, "members": self.instance.members.all()}


class RoleForm(NamedRowForm):
    """Offers the permissions that whoever makes the role has."""

    model = Role
    permissions = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=Permission,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mine = self.by.permissions
        self.fields["permissions"].choices = [
            each for each in Permission.choices if each[0] in mine
        ]
        if self.instance:
            self.initial |= {"name": self.instance.name, "permissions": self.instance.permissions}

    def clean_name(self):
        name = super().clean_name()
        if name_key(name) in {name_key(str(label)) for label in Role.NAMES.values()}:
            raise ValidationError(_("This is the name of a built-in role."))
        return name


class WelcomeForm(forms.Form):
    """A new person behind an invitation chooses name and password."""

    name = LineField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        words = self.cleaned_data
        if password := words.get("password"):
            user = User(email=self.email, name=words.get("name", ""))
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.add_error("password", error)
        return words
