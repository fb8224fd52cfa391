from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.actions.bulk import MOST
from inbox.conversation_filters import ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.models import Conversation
from messagehub.lib.text import LineField, parse_number
from teams.models import Membership
from teams.permissions import Permission

MOST_NUMBERS = 1_000


class SelectionForm(forms.Form):
    """The selected conversations: their numbers, or all in the list that the query describes."""

    numbers = LineField(required=False, max_length=12_000)
    all = forms.BooleanField(required=False)
    query = LineField(required=False, max_length=500)

    def clean_numbers(self):
        numbers = {parse_number(each) for each in self.cleaned_data["numbers"].split()}
        if len(numbers) > MOST_NUMBERS:
            raise ValidationError(_("Select at most 1,000 conversations, or all in the view."))
        return numbers - {None}

    def clean(self):
        data = super().clean()
        if not self.errors and not data["numbers"] and not data["all"]:
            raise ValidationError(_("Select conversations first."))
        return data

    def find_conversations(self, membership):
        """Return the ids of those that the member may see, and how many others were selected."""
        data = self.cleaned_data
        if data["all"]:
            filters = ConversationFilters.from_query(QueryDict(data["query"]))
            return ConversationList(filters, membership).find_ids(MOST), 0
        found = Conversation.objects.visible_to(membership).filter(number__in=data["numbers"])
        found = list(found.order_by("number").values_list("pk", flat=True))
        return found, len(data["numbers"]) - len(found)


class BulkAssignmentForm(forms.Form):
    """Who gets the conversations. Each inbox decides for itself whether they can."""

    assignee = forms.ModelChoiceField(Membership.objects.none(), required=False)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        agents = Membership.objects.active().with_permission(Permission.ANSWER)
        self.fields["assignee"].queryset = agents.filter(workspace=workspace)
