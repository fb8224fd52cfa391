from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from messagehub.lib.origins import origin_of
from messagehub.lib.text import LineField, PlainTextField
from teams.models import Membership

LONGEST_MESSAGE = 5000


class MessageForm(forms.Form):
    """What a person wrote, with the id their browser gave it. Desk and widget use the same."""

    body = PlainTextField(
        max_length=LONGEST_MESSAGE,
        error_messages={
            "required": _("Write something first."),
            "max_length": _(
                "This is longer than %(limit_value)d characters. Shorten it or send it in parts."
            ),
        },
    )
    client_id = forms.UUIDField()


class AssignmentForm(forms.Form):
    """Offers only the people who answer the conversation's inbox, so others are no choice."""

    assignee = forms.ModelChoiceField(
        Membership.objects.none(), required=False, empty_label=_("Nobody: back to the queue")
    )

    def __init__(self, *args, conversation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = assignable_to(conversation)


def assignable_to(conversation):
    """Who may have it: the people of its inbox."""
    return conversation.inbox.agents.order_by("user__name", "pk")


class AllowedSitesField(PlainTextField):
    """One origin a line; what people paste (a page's address, no scheme) is made an origin."""

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > 50:
            raise ValidationError(_("At most 50 sites."))
        return list(dict.fromkeys(self.site(line) for line in lines))

    def site(self, line):
        try:
            return origin_of(line if "://" in line else f"https://{line}")
        except ValueError as error:
            raise ValidationError(
                _("“%(line)s” is not the address of a website, such as https://www.example.com."),
                params={"line": line},
            ) from error


class InstallationForm(forms.ModelForm):
    name = LineField(label=_("Name"), max_length=60)
    greeting = LineField(label=_("Greeting"), max_length=300, required=False)
    allowed_sites = AllowedSitesField(
        label=_("Websites that may show this chat"),
        required=False,
        help_text=_("One a line, such as https://www.example.com. Empty: any website."),
    )

    class Meta:
        model = Inbox
        fields = ["name", "greeting", "allowed_sites"]

    def __init__(self, *args, instance, **kwargs):
        initial = {"allowed_sites": "\n".join(instance.allowed_sites)}
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
