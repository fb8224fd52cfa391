from django import forms
from django.utils.translation import gettext_lazy as _

from teams.photos import make_photo


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
