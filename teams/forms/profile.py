from django import forms
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import LineField
from teams.photos import make_photo


class NameForm(forms.Form):
    name = LineField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Shown in all your workspaces, and in the chat to the visitors you answer."),
    )


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
