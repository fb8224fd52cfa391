from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.models import SavedView
from messagehub.lib.text import LineField
from teams.permissions import Permission

MAX_VIEWS = 50  # that one member sees: each is counted with every list


class SavedViewForm(forms.Form):
    """Names a view. Only members who may change the settings can share it with everyone."""

    name = LineField(label=_("Name"), max_length=40)
    is_shared = forms.BooleanField(label=_("Share with everyone"), required=False)

    def __init__(self, *args, membership, view=None, **kwargs):
        initial = {"name": view.name, "is_shared": view.is_shared} if view else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.membership, self.view = membership, view
        if not membership.can(Permission.CHANGE_SETTINGS):
            del self.fields["is_shared"]

    def clean(self):
        if self.view is None and (
            SavedView.objects.visible_to(self.membership).count() >= MAX_VIEWS
        ):
            raise ValidationError(_("There are already 50 saved views. Delete one first."))
        return {"is_shared": False} | self.cleaned_data
