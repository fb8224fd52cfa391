"""Forms of an inbox's settings.

They aren't ModelForms, so that validation doesn't change the instance before it is saved.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.forms.cookie_domain import CookieDomainField, is_within
from messagehub.lib.origin import parse_origin
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField, PlainTextField
from teams.availability import with_availability
from teams.models import Membership
from teams.permissions import Permission


class InboxMembersForm(SharedForm):
    """Offers the members whose role can answer, and those who are already chosen."""

    members = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        label=_("Who answers this inbox"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, workspace, inbox=None, chosen=(), **kwargs):
        super().__init__(*args, **kwargs)
        may_answer = Membership.objects.with_permission(Permission.ANSWER).values("pk")
        if inbox is not None:
            chosen = list(inbox.members.values_list("membership", flat=True))
        self.initial["members"] = chosen
        members = Membership.objects.current().filter(workspace=workspace)
        members = members.filter(Q(pk__in=may_answer) | Q(pk__in=chosen))
        self.fields["members"].queryset = members.with_related().order_by("user__name", "pk")

    @property
    def selectable_members(self):
        """Return the members to choose from, with availability and `is_chosen`."""
        chosen = {str(value) for value in self["members"].value() or ()}
        members = with_availability(self.fields["members"].queryset)
        for member in members:
            member.is_chosen = str(member.pk) in chosen
        return members


class NewInboxForm(InboxMembersForm):
    name = LineField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True})
    )
    field_order = ["name", "members"]


class AllowedSitesField(PlainTextField):
    """Cleans to a list of origins, one per line. Also accepts page URLs and a missing scheme."""

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > 50:
            raise ValidationError(_("Enter at most 50 websites."))
        return list(dict.fromkeys(self.clean_site(line) for line in lines))

    def clean_site(self, line):
        try:
            return parse_origin(line if "://" in line else f"https://{line}")
        except ValueError as error:
            raise ValidationError(
                _("“%(line)s” isn’t a website’s URL, such as https://www.example.com."),
                params={"line": line},
            ) from error


class InstallationForm(SharedForm):
    allowed_sites = AllowedSitesField(
        label=_("Websites that may show this chat"),
        required=False,
        help_text=_(
            "One URL per line, such as https://www.example.com. Leave blank to allow any website."
        ),
    )

    cookie_domain = CookieDomainField(
        label=_("One chat on all subdomains of"),
        max_length=253,
        required=False,
        help_text=_(
            "A domain of yours, such as example.com: visitors keep their conversation between "
            "www.example.com and shop.example.com. Leave blank to keep them apart."
        ),
    )

    def __init__(self, *args, inbox, **kwargs):
        stored = {
            "allowed_sites": "\n".join(inbox.allowed_sites),
            "cookie_domain": inbox.cookie_domain,
        }
        super().__init__(*args, initial=stored, **kwargs)

    def clean(self):
        data = super().clean()
        sites, domain = data.get("allowed_sites"), data.get("cookie_domain")
        if sites and domain and not any(is_within(site, domain) for site in sites):
            self.add_error(
                "cookie_domain", _("None of the websites above is on this domain or below it.")
            )
        return data
