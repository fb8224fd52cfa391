from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from routing.forms import RoutingForm
from teams.forms.schedule import CapacityForm


class InboxField(forms.ModelChoiceField):
    """What is no id at all is as unknown as an id of somebody else's."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError as error:
            words = self.error_messages["invalid_choice"]
            raise ValidationError(words, code="invalid_choice") from error


class WhichInbox(forms.Form):
    """Offers only the inboxes that the person may see."""

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


class EverybodysCapacity(CapacityForm):
    """One limit for everybody, instead of each one's own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["capacity"]
        field.help_text = _("For everybody. Empty: each has the limit they have now, if any.")
        field.widget.attrs["placeholder"] = _("Their own")


class Trial:
    """The copy of an inbox's settings that an address asks for; ?copy= says that there is one."""

    def __init__(self, query, inbox, stored):
        data = query if "copy" in query else None
        self.form = RoutingForm(data, inbox=inbox, routing=stored)
        self.capacity = EverybodysCapacity(data)

    @property
    def errors(self):
        return bool(self.form.errors or self.capacity.errors)

    @property
    def is_different(self):
        """Valid, and something is another than it is set."""
        if not (self.form.is_valid() and self.capacity.is_valid()):
            return False
        return self.form.has_changed() or self.has_capacity

    @property
    def has_capacity(self):
        """That is no setting of the inbox: everybody has their own."""
        return self.capacity.cleaned_data["capacity"] is not None

    @property
    def settings(self):
        """What the copy says about the inbox, as the query of its tab Routing."""
        query = QueryDict("copy=1", mutable=True)
        for name in self.form.fields:
            query.setlist(name, self.form.data.getlist(name))
        return query.urlencode()
