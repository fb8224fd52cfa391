"""Settings forms that several people may edit, with a check for concurrent changes.

The page carries a version of the stored values it was rendered with. A form sent with an outdated
version would overwrite someone else's change, so it shows a conflict instead of saving. Sent once
more it is saved, because the page that shows the conflict carries the new version.
"""

import json
from collections.abc import Iterable
from hashlib import sha256

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _


class SharedForm(forms.Form):
    """A form whose page includes `version_field` (templates/forms/_head.html).

    A form that is sent without a version is saved without the check.
    """

    conflict_shown = False

    @property
    def version_field(self) -> str:
        return self.add_prefix("shown")

    @property
    def version(self) -> str:
        """A hash of the values that are stored now."""
        values = to_json(normalize(self.current_values))
        return sha256(values.encode()).hexdigest()[:16]

    @property
    def version_for_page(self) -> str:
        """The version the user saw.

        After a plain validation error it stays the same; after a conflict it is the new one.
        """
        has_only_errors = self.is_bound and self.errors and not self.conflict_shown
        return self.data.get(self.version_field, self.version) if has_only_errors else self.version

    @property
    def current_values(self):
        return self.initial

    def changes_something(self) -> bool:
        """Check that saving would change a stored value; a double click, say, changes nothing."""
        return any(map(self.differs_from_stored, self.changed_data))

    def differs_from_stored(self, name) -> bool:
        """Compare cleaned values, because a value may be typed differently than it is stored."""
        if name not in self.cleaned_data:
            return True
        field = self.fields[name]
        try:
            stored = field.clean(field.prepare_value(self.initial.get(name)))
        except forms.ValidationError:
            return True
        return normalize(stored) != normalize(self.cleaned_data[name])

    def clean(self):
        data = super().clean()
        is_outdated = self.data.get(self.version_field, self.version) != self.version
        if is_outdated and self.changes_something():
            self.conflict_shown = True
            self.add_error(
                None,
                _(
                    "Someone else changed these settings after you opened the page, or you did in "
                    "another tab. Your changes aren't saved yet. Open the page in a new tab to see "
                    "the current settings, or save again to replace them with yours."
                ),
            )
        return data


def normalize(value):
    """Convert a value to strings and sorted lists that are equal for equal stored rows."""
    if isinstance(value, dict):
        return {str(name): normalize(each) for name, each in value.items()}
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted((normalize(each) for each in value), key=to_json)
    return str(value)


def to_json(value) -> str:
    return json.dumps(value, sort_keys=True)
