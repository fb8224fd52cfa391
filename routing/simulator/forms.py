from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from routing.forms import RoutingForm
from teams.forms.schedule import CapacityForm


class InboxField(forms.ModelChoiceField):
    """A value that is no id at all is as unknown as another workspace's id."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError as error:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice") from error


class InboxForm(forms.Form):
    """Offers only the inboxes that the member may see."""

    inbox = InboxField(
        Inbox.objects.none(),
        label=_("Inbox"),
        empty_label=None,
        error_messages={"invalid_choice": _("There is no such inbox. Choose one of yours.")},
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        inboxes = Inbox.objects.visible_to(membership).select_related("workspace")
        self.fields["inbox"].queryset = inboxes.order_by("created_at")


class SharedCapacityForm(CapacityForm):
    """One capacity for everyone, instead of each member's own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["capacity"]
        field.help_text = _("For everyone. Leave blank to keep each member's own limit.")
        field.widget.attrs["placeholder"] = _("Own limit")


class Trial:
    """The copy of an inbox's settings that a URL describes, if it has ?copy=."""

    def __init__(self, query, inbox, stored):
        data = query if "copy" in query else None
        self.form = RoutingForm(data, inbox=inbox, routing=stored)
        self.capacity = SharedCapacityForm(data)

    @property
    def errors(self):
        return bool(self.form.errors or self.capacity.errors)

    @property
    def has_changes(self):
        """Whether it is valid, and differs from the current settings."""
        if not (self.form.is_valid() and self.capacity.is_valid()):
            return False
        return self.form.has_changed() or self.sets_capacity

    @property
    def sets_capacity(self):
        """Whether it has a capacity, which is a setting of each member and not of the inbox."""
        return self.capacity.cleaned_data["capacity"] is not None

    @property
    def settings(self):
        """The copy's inbox settings as a query string for the inbox's Routing tab."""
        query = QueryDict("copy=1", mutable=True)
        for name in self.form.fields:
            query.setlist(name, self.form.data.getlist(name))
        return query.urlencode()
