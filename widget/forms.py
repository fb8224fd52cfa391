from django import forms

from inbox.forms import AddressField, MessageForm
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
    email = AddressField(max_length=254)
