import re

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.forms import MessageForm
from inbox.ratings import RATINGS
from messagehub.lib.fixed_fields import with_fixed_fields
from messagehub.lib.invisible import clean_text
from messagehub.lib.text import AddressField, LineField, PlainTextField


def clean_data(form):
    """Return what was sent. Raises BadRequest with the first error."""
    if not form.is_valid():
        raise BadRequest(next(error for errors in form.errors.values() for error in errors))
    return form.cleaned_data


class HoneypotMixin(forms.Form):
    """A field that no one sees: only robots fill it in, or browsers that autofill too much.

    So it's refused visibly. The chat empties the field, and a person's second try succeeds.
    """

    website = PlainTextField(required=False)

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(_("This looks automated. Try again."), code="automated")
        return ""


class AnswersField(forms.Field):
    """The answers to the form before the first message, by field. Anything else counts as none.

    A text isn't parsed: Django's JSONField fails for one that is nested too deeply.
    """

    def to_python(self, value):
        return value if isinstance(value, dict) else {}


@with_fixed_fields
class VisitorMessageForm(HoneypotMixin, MessageForm):
    page = forms.CharField(required=False)
    starts_new = forms.BooleanField(required=False)
    prechat = AnswersField(required=False)
    greeting = LineField(required=False)

    def clean_page(self):
        """Return the embedding page's URL without query and fragment, which may be secret."""
        page = clean_text(self.cleaned_data["page"]).partition("?")[0].partition("#")[0]
        if not page.startswith(("http://", "https://")):
            return ""
        # A browser's URL has no spaces, so this is a sentence that our emails would pass on.
        if re.search(r"\s", page):
            raise ValidationError(_("A page URL can't contain spaces."), code="spaces")
        return page[:500]


class VisitorEmailForm(HoneypotMixin):
    email = AddressField(max_length=254)


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        choices=[(number, name) for number, (_face, name) in RATINGS.items()],
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose one of the faces."),
            "invalid_choice": gettext_lazy("Choose one of the faces."),
        },
    )
    comment = PlainTextField(
        max_length=1000,
        required=False,
        error_messages={"max_length": gettext_lazy("Write at most 1,000 characters.")},
    )

    def clean_comment(self):
        return self.cleaned_data["comment"].strip()
