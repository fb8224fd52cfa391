from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import validate_slug
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from messagehub.lib.invisible import clean_line
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField
from teams.actions.workspace import create_own_workspace
from teams.forms.time_zone import TimeZoneField
from teams.logos import make_logo
from teams.new_workspaces import CannotCreate, refuse_if_used_up
from teams.time_zones import is_time_zone


class WorkspaceForm(forms.Form):
    workspace_name = LineField(
        label=_("Company or team"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    # A script fills in the browser's time zone; anything invalid becomes UTC.
    time_zone = forms.CharField(
        required=False, max_length=60, widget=forms.HiddenInput(attrs={"data-time-zone": ""})
    )

    def clean_time_zone(self):
        zone = self.cleaned_data["time_zone"]
        return zone if is_time_zone(zone) else "UTC"

    def create(self, user):
        """Create a workspace that begins with the language of its founder's browser."""
        data = self.cleaned_data
        return create_own_workspace(
            data["workspace_name"], by=user, time_zone=data["time_zone"], language=get_language()
        )


class SignupForm(WorkspaceForm):
    """The fields of sign-up besides email and password. Creates the first workspace."""

    name = LineField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ["name", "workspace_name", "email", "password1"]

    def clean(self):
        cleaned_data = super().clean()
        try:
            refuse_if_used_up()
        except CannotCreate as error:
            raise forms.ValidationError(str(error)) from None
        return cleaned_data

    def signup(self, request, user):
        try:
            self.create(user)
        except CannotCreate as error:
            # The limit was used up since clean(). The account exists and can try again.
            messages.error(request, str(error))


class GeneralForm(SharedForm):
    """Workspace Settings > General."""

    name = LineField(label=_("Name"), max_length=80)
    time_zone = TimeZoneField()
    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: settings.LANGUAGES,
        help_text=_(
            "Used for the desk, emails to members and search. Visitors read the chat in the "
            "language of your website or their browser."
        ),
    )


class AddressForm(forms.Form):
    slug = LineField(
        label=_("Address"),
        min_length=2,
        max_length=50,
        validators=[validate_slug],
        error_messages={"invalid": _("Use only lowercase letters, digits and hyphens.")},
    )

    def clean_slug(self):
        return self.cleaned_data["slug"].lower()


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"required": _("Choose a file first.")},
    )

    def clean_logo(self):
        return make_logo(self.cleaned_data["logo"])


class DeletionForm(forms.Form):
    """Asks for the workspace's name, so that it isn't deleted by accident."""

    name = LineField(label=_("Type the name of the workspace"))

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean_name(self):
        if self.cleaned_data["name"] != clean_line(self.workspace.name):
            raise forms.ValidationError(
                _("That's not the name. It's “%(name)s”."), params={"name": self.workspace.name}
            )
        return self.cleaned_data["name"]
