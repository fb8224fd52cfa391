from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.snooze_options import LONGEST, moments
from teams.zones import is_zone

OWN = "own"


class SnoozeForm(forms.Form):
    """One of the offered moments, or one of their own. cleaned_data["until"] is the moment itself.

    Their own is read on the clock they see (`zone`, as the browser has it), else on the clock of
    the member's time zone.
    """

    until = forms.ChoiceField()
    at = forms.DateTimeField(
        required=False, error_messages={"invalid": _("This is not a date and time.")}
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.moments = {moment.code: moment for moment in moments(membership)}
        self.fields["until"].choices = [(code, code) for code in (*self.moments, OWN)]

    def full_clean(self):
        zone = self.data.get("zone")
        known = ZoneInfo(zone) if is_zone(zone) else self.membership.zone
        with timezone.override(known):
            super().full_clean()

    def clean(self):
        chosen = self.cleaned_data.get("until")
        if chosen == OWN:
            self.cleaned_data["until"] = self.own_moment()
        elif chosen:
            self.cleaned_data["until"] = self.moments[chosen].until
        return self.cleaned_data

    def own_moment(self):
        at, now = self.cleaned_data.get("at"), timezone.now()
        if at is None:
            raise ValidationError(_("Choose a date and a time."))
        if at <= now:
            raise ValidationError(_("That moment is over. Choose one that is still to come."))
        if at > now + LONGEST:
            raise ValidationError(_("At most a year from now."))
        return at
