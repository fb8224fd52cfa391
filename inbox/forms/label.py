from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.actions.label import TooManyLabels
from inbox.models import Conversation, Label
from messagehub.lib.text import LineField
from teams.forms.named_row import NamedRowForm
from teams.models import Team


class LabelForm(NamedRowForm):
    model = Label
    colour = forms.TypedChoiceField(
        label=_("Colour"), choices=Label.Colour, coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["colour"] = Label.Colour.BLUE
        if self.instance:
            self.initial = {"name": self.instance.name, "colour": self.instance.colour}

    def save(self, action, **instance) -> bool:
        try:
            return super().save(action, **instance)
        except TooManyLabels as error:
            self.add_error("name", str(error))
            return False


class LabelsChangeForm(forms.Form):
    """The labels to add to a conversation and to remove from it.

    cleaned_data["name"] is the name of one more label to add, which is created if it doesn't exist.
    """

    add = forms.ModelMultipleChoiceField(Label.objects.none(), required=False)
    remove = forms.ModelMultipleChoiceField(Label.objects.none(), required=False)
    name = LineField(max_length=40, required=False)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["add"].queryset = self.fields["remove"].queryset = workspace.labels.all()

    def clean(self):
        data = super().clean()
        if not any(data.get(name) for name in self.fields) and not self.errors:
            raise ValidationError(_("Choose a label."))
        return data


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(choices=Conversation.Priority, coerce=int)


class ConversationTeamForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.none(), required=False)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = workspace.teams.all()
