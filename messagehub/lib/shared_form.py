"""Settings that several people may change: nobody overwrites what they have not seen.

A page carries a mark of what was stored when it was shown; a form that is sent with another mark
than what is stored now would replace what somebody saved meanwhile, and says so instead. Sent once
more it goes through: the page with the question carries the new mark.
"""

import json
from collections.abc import Iterable
from hashlib import sha256

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _


class SharedForm(forms.Form):
    """`version_field` and `mark` belong into the page (templates/forms/_head.html); a form that comes
    without is taken as it is."""

    @property
    def version_field(self) -> str:
        return self.add_prefix("shown")

    @property
    def mark(self) -> str:
        words = json.dumps(plain(self.kept), sort_keys=True)
        return sha256(words.encode()).hexdigest()[:16]

    @property
    def version_for_page(self) -> str:
        """Of what the reader has seen, or was told of: not of now, while only a slip was said."""
        is_untold = self.is_bound and self.errors and not self.is_told
        return self.data.get(self.version_field, self.mark) if is_untold else self.mark

    @property
    def kept(self):
        """What is stored now."""
        return self.initial

    def changes_something(self) -> bool:
        """Else it overwrites nothing: saved twice with a double click, say."""
        return any(map(self.is_other, self.changed_data))

    def is_other(self, name) -> bool:
        """What was typed may only be written otherwise than it is stored."""
        if name not in self.cleaned_data:
            return True
        field = self.fields[name]
        try:
            stored = field.clean(field.prepare_value(self.initial.get(name)))
        except forms.ValidationError:
            return True
        return plain(stored) != plain(self.cleaned_data[name])

    is_told = False

    def clean(self):
        words = super().clean()
        if self.data.get(self.version_field, self.mark) != self.mark and self.changes_something():
            self.is_told = True
            self.add_error(
                None,
                _(
                    "This was saved by somebody else, or in another tab, after you opened the page."
                    " Nothing of yours is saved yet. Open the page in a new tab to see what is"
                    " stored now, or save again to replace it with what stands here."
                ),
            )
        return words


def plain(value):
    """The same for the same stored rows, whatever order they come in."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted((plain(each) for each in value), key=in_order)
    return str(value)


def in_order(value) -> str:
    return json.dumps(value, sort_keys=True)
