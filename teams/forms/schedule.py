"""When somebody is expected, how much they take, and when mail may reach them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_CHATS = 1000


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("Most open conversations at a time"),
        min_value=1,
        max_value=MOST_CHATS,
        required=False,
        help_text=_("Over all inboxes. Empty: no limit."),
        # Not type="number": what a browser cannot read as one, it sends as nothing: no limit.
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": _("No limit")}),
        error_messages={
            "invalid": _("Give a whole number, or nothing: no limit."),
            "min_value": _("At least 1, or nothing: no limit."),
        },
    )


def clock_field(label):
    clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(
        label=label,
        required=False,
        widget=clock,
        error_messages={"invalid": _("Write a time like 22:00.")},
    )


class NotificationsForm(forms.Form):
    email_mine = forms.BooleanField(
        label=_("My chats: somebody writes to me while I am not there"), required=False
    )
    email_queue = forms.BooleanField(
        label=_("The queue: a chat waits in one of my inboxes and nobody is there"), required=False
    )
    quiet_from = clock_field(_("From"))
    quiet_to = clock_field(_("To"))

    @classmethod
    def of(cls, membership, data=None):
        now = {name: getattr(membership, name) for name in cls.base_fields}
        return cls(data, initial=now)

    def clean(self):
        words = self.cleaned_data
        if self.errors:
            return words
        missing = [name for name in ("quiet_from", "quiet_to") if words[name] is None]
        if len(missing) == 1:
            self.add_error(missing[0], _("Give both times, or none."))
        elif not missing and words["quiet_from"] == words["quiet_to"]:
            raise ValidationError(
                {"quiet_to": _("These are the same time: mail would never be sent, or always.")}
            )
        return words
