"""The settings of an inbox's pre-chat form, which widget.prechat shows."""

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField


class Asks(TextChoices):
    NOTHING = "", _("Don't ask")
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")


class WebAddressField(forms.URLField):
    """The URL of a web page. Also accepts a missing scheme."""

    default_error_messages = {
        "invalid": _("Enter the URL of a page, such as https://www.example.com/privacy.")
    }

    def __init__(self, **options):
        # A browser's own check of URLs would refuse one without a scheme.
        widget = forms.TextInput({"inputmode": "url", "autocapitalize": "none"})
        super().__init__(max_length=500, assume_scheme="https", widget=widget, **options)

    def clean(self, value):
        url = super().clean(value)
        if url and not url.startswith(("http://", "https://")):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return url


class PreChatSettingsForm(SharedForm):
    consent_text = LineField(
        label=_("Text"),
        max_length=300,
        required=False,
        help_text=_(
            "Such as “I agree that my data is used to answer my question.” Leave blank to ask for "
            "no consent."
        ),
    )
    consent_link_text = LineField(
        label=_("Text of the link"),
        max_length=60,
        required=False,
        help_text=_("Such as “Privacy policy”. It's shown after the text."),
    )
    consent_url = WebAddressField(label=_("Page of the link"), required=False)

    def __init__(self, *args, inbox, **kwargs):
        stored = {name: getattr(inbox, name) for name in self.base_fields}
        self.labels = inbox.prechat_labels
        for key in self.labels:
            stored[field_name(key)] = describe(inbox.prechat_fields.get(key))
        super().__init__(*args, initial=stored, **kwargs)
        self.fields |= {
            field_name(key): forms.ChoiceField(label=label, choices=Asks, required=False)
            for key, label in self.labels.items()
        }

    @property
    def questions(self):
        return [self[field_name(key)] for key in self.labels]

    @property
    def values(self):
        """Return the fields of the inbox."""
        asked = {key: self.cleaned_data[field_name(key)] for key in self.labels}
        fields = {key: asks == Asks.REQUIRED for key, asks in asked.items() if asks}
        return {name: self.cleaned_data[name] for name in self.base_fields} | {
            "prechat_fields": fields
        }

    def clean(self):
        data = super().clean()
        text, url = data.get("consent_link_text"), data.get("consent_url")
        if text and url == "":
            self.add_error("consent_url", _("Enter the URL of the page that the link opens."))
        if url and text == "":
            self.add_error("consent_link_text", _("Enter the text of the link."))
        if (text or url) and data.get("consent_text") == "":
            self.add_error("consent_text", _("Enter what visitors agree to."))
        return data


def field_name(key):
    return f"ask-{key}"


def describe(is_required):
    """Return the choice for a value in Inbox.prechat_fields, or for none."""
    return {None: Asks.NOTHING, False: Asks.OPTIONAL, True: Asks.REQUIRED}[is_required]
