"""Forms for members and invitations. Each offers only rows of the member's workspace."""

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from messagehub.lib.text import AddressField, LineField
from teams.models import Membership, Role, Team
from teams.permissions import Permission


class AccessForm(forms.Form):
    """Role, teams and inboxes of a member."""

    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    inboxes = forms.ModelMultipleChoiceField(
        None, label=_("Inboxes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        workspace = self.workspace = by.workspace
        roles = [role.pk for role in workspace.roles.all() if by.can_give(role)]
        self.fields["role"].queryset = workspace.roles.filter(pk__in=roles).built_in_first()
        self.fields["teams"].queryset = workspace.teams.order_by("name")
        self.fields["inboxes"].queryset = workspace.inboxes.order_by("created_at")

    @property
    def has_choices(self):
        """The fields that the page leaves out if they have nothing to choose from."""
        return [self["teams"], self["inboxes"]]


class InvitationForm(AccessForm):
    email = AddressField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    name = LineField(label=_("Name"), max_length=80)
    field_order = ["email", "name", "role", "teams", "inboxes"]


class HandoverForm(forms.Form):
    """Who gets the open conversations of a member who loses access."""

    handover_to = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Their open conversations"),
        required=False,
        empty_label=_("Back to the queue, for the next available agents"),
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        others = Membership.objects.active().with_permission(Permission.ANSWER)
        others = others.filter(workspace=membership.workspace_id).exclude(pk=membership.pk)
        self.fields["handover_to"].queryset = others.select_related("user").order_by("user__name")


class WelcomeForm(forms.Form):
    """Name and password of a new person who accepts an invitation."""

    name = LineField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        data = self.cleaned_data
        if password := data.get("password"):
            user = User(email=self.email, name=data.get("name", ""))
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.add_error("password", error)
        return data
