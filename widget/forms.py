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
        """The address of the embedding page, without what may be secret in it."""
        page = clean_text(self.cleaned_data["page"]).partition("?")[0].partition("#")[0]
        if not page.startswith(("http://", "https://")):
            return ""
        # A browser's address has none: it is somebody's sentence, which our mails would carry on.
        if re.search(r"\s", page):
            raise ValidationError(_("An address of a page has no spaces."), code="spaces")
        return page[:500]


class VisitorEmailForm(forms.Form):
    email = AddressField(max_length=254)
