from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.forms import MessageForm
from messagehub.lib.text import refuse_control_characters


class VisitorMessageForm(MessageForm):
    page = forms.CharField(required=False)

    def clean_page(self):
        """The address of the embedding page, without what may be secret in it."""
        page = self.cleaned_data["page"].partition("?")[0].partition("#")[0]
        if not page.startswith(("http://", "https://")):
            return ""
        refuse_control_characters(page)
        return page[:500]


class VisitorEmailForm(forms.Form):
    email = forms.EmailField(
        max_length=254,
        validators=[refuse_control_characters],
        error_messages={
            "required": _("Type your email address."),
            "invalid": _("This is not an email address. Check it once more."),
        },
    )

    def clean_email(self):
        address = self.cleaned_data["email"].lower()
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError:
            words = self.fields["email"].error_messages["invalid"]
            raise forms.ValidationError(words) from None
        return address
