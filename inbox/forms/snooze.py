from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.snooze_options import LONGEST, snooze_options
from teams.time_zones import is_time_zone

CUSTOM = "custom"


class SnoozeForm(forms.Form):
    """Offers the snooze options and a custom time. cleaned_data["until"] is a datetime.

    A custom time is read in the browser's time zone (`zone`), or else in the member's.
    """

    until = forms.ChoiceField()
    at = forms.DateTimeField(
        required=False, error_messages={"invalid": _("Enter a valid date and time.")}
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.options = {option.code: option for option in snooze_options(membership)}
        self.fields["until"].choices = [(code, code) for code in (*self.options, CUSTOM)]

    def full_clean(self):
        zone = self.data.get("zone")
        with timezone.override(ZoneInfo(zone) if is_time_zone(zone) else self.membership.zone):
            super().full_clean()

    def clean(self):
        chosen = self.cleaned_data.get("until")
        if chosen == CUSTOM:
            self.cleaned_data["until"] = self.clean_custom_time()
        elif chosen:
            self.cleaned_data["until"] = self.options[chosen].until
        return self.cleaned_data

    def clean_custom_time(self):
        at, now = self.cleaned_data.get("at"), timezone.now()
        if at is None:
            raise ValidationError(_("Choose a date and time."))
        if at <= now:
            raise ValidationError(_("This time has passed. Choose a time in the future."))
        if at > now + LONGEST:
            raise ValidationError(_("Choose a time within the next year."))
        return at
