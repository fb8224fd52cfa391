from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.named_row import NamedRowForm
from teams.models import Membership, Team


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
