"""Fields for the values of contact attributes, and the form that defines an attribute."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.models import ContactAttribute
from messagehub.lib.invisible import clean_line
from messagehub.lib.name_comparison import name_key
from messagehub.lib.text import LineField, PlainTextField
from teams.forms.named_row import NamedRowForm

MAX_CHOICES = 100
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


class NumberField(forms.DecimalField):
    """A number with a decimal point or comma."""

    default_error_messages = {"invalid": _("Enter a number, such as 1200 or 12.5.")}

    def __init__(self):
        widget = forms.TextInput({"inputmode": "decimal"})
        super().__init__(required=False, max_digits=18, decimal_places=6, widget=widget)

    def to_python(self, value):
        text = clean_line(str(value or ""))
        # "1,200" is a large number in English and a small one in German.
        return super().to_python(text if THOUSANDS.fullmatch(text) else text.replace(",", "."))


class DateField(forms.DateField):
    default_error_messages = {"invalid": _("Enter a date, such as 2026-01-31.")}

    def __init__(self):
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y"], widget=widget, localize=False
        )


class OneOfField(forms.ChoiceField):
    """One of the choices, no matter how it is capitalized."""

    default_error_messages = {"invalid_choice": _("Choose one of the values in the list.")}

    def __init__(self, choices):
        super().__init__(required=False, choices=[("", "–"), *((each, each) for each in choices)])
        self.by_key = {name_key(each): each for each in choices}

    def to_python(self, value):
        text = super().to_python(value)
        return self.by_key.get(name_key(clean_line(text)), text)


def value_field(attribute) -> forms.Field:
    """Return a form field for the attribute's values, labelled with its name."""
    kind = ContactAttribute.Kind(attribute.kind)
    if kind == kind.NUMBER:
        field = NumberField()
    elif kind == kind.DATE:
        field = DateField()
    elif kind == kind.CHOICE:
        field = OneOfField(attribute.choices)
    else:
        field = LineField(max_length=200, required=False)
    field.label = attribute.name
    return field


def to_stored(value) -> str:
    """Return a cleaned value as the text that is stored; "" for none."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return value or ""


class ContactAttributeForm(NamedRowForm):
    """Defines an attribute. Its kind stays, because the stored values are of that kind."""

    model = ContactAttribute
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactAttribute.Kind)
    choices = PlainTextField(
        label=_("Choices"),
        required=False,
        max_length=MAX_CHOICES * 81,
        help_text=_(
            "One per line, for the kind Choice. If you remove one, contacts lose that value."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance:
            stored = self.instance
            self.initial |= {
                "name": stored.name,
                "kind": stored.kind,
                "choices": "\n".join(stored.choices),
            }
            self.fields["kind"].disabled = True

    def clean_choices(self):
        lines = map(clean_line, self.cleaned_data["choices"].split("\n"))
        choices = list({name_key(line): line for line in lines if line}.values())
        if self.cleaned_data.get("kind") != ContactAttribute.Kind.CHOICE:
            return []
        if not choices:
            raise ValidationError(_("Enter at least one choice."))
        if len(choices) > MAX_CHOICES or any(len(choice) > 80 for choice in choices):
            raise ValidationError(_("Enter at most 100 choices with at most 80 characters each."))
        return choices

    def clean(self):
        data = super().clean()
        count = ContactAttribute.objects.filter(workspace=self.workspace).count()
        if not self.instance and count >= ContactAttribute.MAX_COUNT:
            self.add_error(None, _("A workspace can have at most 50 attributes."))
        return data
