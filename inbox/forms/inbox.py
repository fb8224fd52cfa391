"""Forms of an inbox's settings. Not ModelForms: the row stays as it is stored until it is saved."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from messagehub.lib.colour import contrast, is_colour
from messagehub.lib.origin import parse_origin
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField, PlainTextField
from teams.availability import with_availability
from teams.models import Membership
from teams.permissions import Permission

# Of a colour with a white page: less, and the round button could not be seen on it.
LEAST_CONTRAST = 1.2


class ColourField(LineField):
    """#rrggbb in small letters; #rgb and a missing # are understood. Empty: none of its own."""

    def clean(self, value):
        colour = super().clean(value).lower().removeprefix("#")
        if not colour:
            return ""
        colour = "#" + ("".join(2 * digit for digit in colour) if len(colour) == 3 else colour)
        if not is_colour(colour):
            raise ValidationError(_("Write a colour as # and six digits, such as #245fd4."))
        if contrast(colour, "#ffffff") < LEAST_CONTRAST:
            raise ValidationError(_("This is so light that nobody would see it on a white page."))
        return colour


class AppearanceForm(SharedForm):
    name = LineField(
        label=_("Name"),
        max_length=60,
        help_text=_("For your team, and for screen readers: “Chat with …”."),
    )
    greeting = LineField(
        label=_("Greeting"),
        max_length=300,
        required=False,
        help_text=_("The first thing visitors read. Empty: none."),
    )
    accent = ColourField(label=_("Colour"), required=False)
    side = forms.ChoiceField(
        label=_("Where the button stands"), choices=Inbox.Side, widget=forms.RadioSelect
    )

    def __init__(self, *args, inbox, **kwargs):
        stored = {name: getattr(inbox, name) for name in self.base_fields}
        super().__init__(*args, initial=stored, **kwargs)


class PeopleForm(SharedForm):
    """Who answers: offers the people whose role may answer, and whoever is chosen already."""

    members = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        label=_("Who answers this inbox"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, workspace, inbox=None, chosen=(), **kwargs):
        super().__init__(*args, **kwargs)
        may_answer = Membership.objects.allowing(Permission.ANSWER).values("pk")
        if inbox is not None:
            chosen = list(inbox.members.values_list("membership", flat=True))
        self.initial["members"] = chosen
        people = Membership.objects.present().filter(workspace=workspace)
        people = people.filter(Q(pk__in=may_answer) | Q(pk__in=chosen))
        self.fields["members"].queryset = people.with_person().order_by("user__name", "pk")

    @property
    def people(self):
        """Everybody to choose from, each with .is_chosen and whether they are there now."""
        chosen = {str(value) for value in self["members"].value() or ()}
        people = with_availability(self.fields["members"].queryset)
        for person in people:
            person.is_chosen = str(person.pk) in chosen
        return people


class NewInboxForm(PeopleForm):
    name = LineField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True})
    )
    field_order = ["name", "members"]


class AllowedSitesField(PlainTextField):
    """One origin a line; what people paste (a page's address, no scheme) is made an origin."""

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > 50:
            raise ValidationError(_("At most 50 sites."))
        return list(dict.fromkeys(self.site(line) for line in lines))

    def site(self, line):
        try:
            return parse_origin(line if "://" in line else f"https://{line}")
        except ValueError as error:
            raise ValidationError(
                _("“%(line)s” is not the address of a website, such as https://www.example.com."),
                params={"line": line},
            ) from error


class InstallationForm(SharedForm):
    allowed_sites = AllowedSitesField(
        label=_("Websites that may show this chat"),
        required=False,
        help_text=_("One a line, such as https://www.example.com. Empty: any website."),
    )

    def __init__(self, *args, inbox, **kwargs):
        super().__init__(*args, initial={"allowed_sites": "\n".join(inbox.allowed_sites)}, **kwargs)
