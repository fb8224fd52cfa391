"""Forms for a member's capacity, email notifications and quiet hours."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_CAPACITY = 1000


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("Most open conversations at a time"),
        min_value=1,
        max_value=MAX_CAPACITY,
        required=False,
        help_text=_("Across all inboxes. Leave blank for no limit."),
        # Not type="number": browsers send invalid numbers as an empty value, which means no limit.
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": _("No limit")}),
        error_messages={
            "invalid": _("Enter a whole number, or leave blank for no limit."),
            "min_value": _("Enter at least 1, or leave blank for no limit."),
        },
    )


def time_field(label):
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time like 22:00.")},
    )


class NotificationsForm(forms.Form):
    email_mine = forms.BooleanField(
        label=_("My chats: someone writes to me while I'm offline"), required=False
    )
    email_queue = forms.BooleanField(
        label=_("The queue: a chat waits in one of my inboxes and no one is available"),
        required=False,
    )
    email_mentions = forms.BooleanField(
        label=_("Mentions: a colleague mentions me or my team while I'm offline"), required=False
    )
    quiet_from = time_field(_("From"))
    quiet_to = time_field(_("To"))

    @classmethod
    def of(cls, membership, data=None):
        initial = {name: getattr(membership, name) for name in cls.base_fields}
        return cls(data, initial=initial)

    def clean(self):
        data = self.cleaned_data
        if self.errors:
            return data
        missing = [name for name in ("quiet_from", "quiet_to") if data[name] is None]
        if len(missing) == 1:
            self.add_error(missing[0], _("Enter both times, or leave both blank."))
        elif not missing and data["quiet_from"] == data["quiet_to"]:
            raise ValidationError({"quiet_to": _("Enter a different time than in “From”.")})
        return data
