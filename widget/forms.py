import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inbox.forms import MessageForm
from messagehub.lib.invisible import clean_text
from messagehub.lib.text import AddressField


class VisitorMessageForm(MessageForm):
    page = forms.CharField(required=False)

    def clean_page(self):
        """Return the embedding page's URL without query and fragment, which may be secret."""
        page = clean_text(self.cleaned_data["page"]).partition("?")[0].partition("#")[0]
        if not page.startswith(("http://", "https://")):
            return ""
        # A browser's URL has no spaces, so this is a sentence that our emails would pass on.
        if re.search(r"\s", page):
            raise ValidationError(_("A page URL can't contain spaces."), code="spaces")
        return page[:500]


class VisitorEmailForm(forms.Form):
    email = AddressField(max_length=254)
