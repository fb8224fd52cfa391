from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.limits import Limit
from messagehub.lib.text import LineField
from teams.photos import make_photo

# Each new name is recorded in the audit log of all of the person's workspaces.
NAMES_BY_PERSON = Limit("names by person", 10, timedelta(days=1))


class NameForm(forms.Form):
    name = LineField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Shown in all your workspaces, and in the chat to the visitors you answer."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self):
        name = self.cleaned_data["name"]
        if name != self.user.name and not NAMES_BY_PERSON.of(self.user.pk).count():
            raise ValidationError(
                _("You've changed your name too often today. Try again tomorrow.")
            )
        return name


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Choose a different one."),
        },
    )

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_photo(self):
        return make_photo(self.cleaned_data["photo"], member=self.member)
