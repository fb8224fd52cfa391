"""Forms for when an inbox's chat shows and how it greets. Its script has to stay small."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox, PageGreeting
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField, PlainTextField
from teams.models import Membership
from widget.loader_text import LIMIT, loader_weight
from widget.page_patterns import is_pattern

MAX_PATTERNS = 20
MAX_LENGTH = 200

TOO_LARGE = _(
    "With this, the script that every page of your website loads would be larger than 4,000 bytes. "
    "Use fewer or shorter pages and texts."
)


class PagesField(PlainTextField):
    """Cleans to a list of page patterns, one per line."""

    def __init__(self, **options):
        widget = forms.Textarea({"rows": 3, "spellcheck": "false", "autocapitalize": "none"})
        super().__init__(required=False, widget=widget, **options)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = list(
            dict.fromkeys(line.strip() for line in super().clean(value).split("\n") if line.strip())
        )
        if len(lines) > MAX_PATTERNS:
            raise ValidationError(_("Enter at most 20 pages."))
        for line in lines:
            if len(line) > MAX_LENGTH or not is_pattern(line):
                raise ValidationError(
                    _("“%(line)s” isn't a page. Enter its path, such as /pricing or /help/*."),
                    params={"line": line[:MAX_LENGTH]},
                )
        return lines


class VisibilityForm(SharedForm):
    shown_when = forms.ChoiceField(
        label=_("When the button shows"), choices=Inbox.ShownWhen, widget=forms.RadioSelect
    )
    shown_on = PagesField(
        label=_("Only on these pages"),
        help_text=_("One per line. Leave blank for all pages."),
    )
    hidden_on = PagesField(
        label=_("Not on these pages"),
        help_text=_("One per line. They override the ones above."),
    )

    def __init__(self, *args, inbox, **kwargs):
        self.inbox = inbox
        stored = {name: getattr(inbox, name) for name in self.base_fields}
        super().__init__(*args, initial=stored, **kwargs)

    def clean(self):
        data = super().clean()
        if not self.errors:
            inbox = copy_of(self.inbox, **data)
            if loader_weight(inbox, inbox.page_greetings.with_sender()) > LIMIT:
                self.add_error("hidden_on" if data["hidden_on"] else "shown_on", TOO_LARGE)
        return data


def amount_field(label, maximum):
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=maximum,
        localize=False,
        error_messages={
            name: _("Enter a whole number from 0 to %(maximum)d.") % {"maximum": maximum}
            for name in ("invalid", "min_value", "max_value")
        },
    )


class PageGreetingForm(SharedForm):
    text = LineField(label=_("Text"), max_length=200)
    sender = forms.ModelChoiceField(
        Membership.objects.none(), label=_("From"), required=False, empty_label=_("The workspace")
    )
    pages = PagesField(
        label=_("On these pages"), help_text=_("One per line. Leave blank for all pages.")
    )
    trigger = forms.ChoiceField(
        label=_("When"), choices=PageGreeting.Trigger, widget=forms.RadioSelect
    )
    seconds = amount_field(_("Seconds on the page"), 600)
    percent = amount_field(_("Percentage of the page"), 100)

    def __init__(self, *args, inbox, instance=None, **kwargs):
        self.inbox, self.instance = inbox, instance
        self.stored = instance or PageGreeting(inbox=inbox, workspace_id=inbox.workspace_id)
        stored = {name: getattr(self.stored, name) for name in self.base_fields}
        super().__init__(*args, initial=stored, **kwargs)
        agents = inbox.possible_assignees | Membership.objects.filter(pk=self.stored.sender_id)
        self.fields["sender"].queryset = agents.with_related().order_by("user__name", "pk")

    def clean(self):
        data = super().clean()
        needed = "seconds" if data.get("trigger") == PageGreeting.Trigger.TIME else "percent"
        other = "percent" if needed == "seconds" else "seconds"
        if data.get(needed) is None and needed not in self.errors:
            self.add_error(needed, _("Enter a number."))
        if data.get(other) is None:  # it isn't used, so what is stored stays
            self.errors.pop(other, None)
            data[other] = getattr(self.stored, other)
        if not self.errors:
            self.check_weight(data)
        return data

    def check_weight(self, data):
        greetings = self.inbox.page_greetings.with_sender()
        greetings = [each for each in greetings if each.pk != self.stored.pk]
        if loader_weight(self.inbox, [*greetings, copy_of(self.stored, **data)]) > LIMIT:
            self.add_error("text", TOO_LARGE)


def copy_of(row, **values):
    """Return a copy of the row with these values, to look at and not to save."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    copy = type(row)(**fields)
    for name in ("inbox", "workspace"):
        if name in row._state.fields_cache:
            setattr(copy, name, getattr(row, name))
    for name, value in values.items():
        setattr(copy, name, value)
    return copy
