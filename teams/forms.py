from django import forms
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import LineField
from teams.actions.workspace import create_workspace


class WorkspaceForm(forms.Form):
    workspace_name = LineField(
        label=_("Company or team"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class SignupForm(WorkspaceForm):
    """What sign-up asks beside email and password; it makes the first workspace."""

    name = LineField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ["name", "workspace_name", "email", "password1"]

    def signup(self, request, user):
        create_workspace(self.cleaned_data["workspace_name"], by=user)
