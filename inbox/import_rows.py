"""Checks the cells of an imported row by the rules of the contact's form."""

import csv
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.actions.contact_label import MOST_OF_A_CONTACT
from inbox.actions.label import MOST_OF_A_WORKSPACE, least_used_colour
from inbox.forms.contact import OWN_FIELDS
from inbox.forms.contact_attribute import to_stored, value_field
from inbox.import_columns import FIELDS
from inbox.models import Contact, ContactAttribute, Label
from inbox.models.contact_attribute import ATTRIBUTES
from messagehub.lib.csv import original_cell
from messagehub.lib.ids import new_id
from messagehub.lib.invisible import clean_line
from teams.models import Membership
from teams.permissions import Permission

REASONS = {
    "too_long": _("This is too long."),
    "email": _("This isn't a valid email address."),
    "phone": _("This isn't a phone number."),
    "number": _("This isn't a number. Write it like 1200 or 12.5."),
    "date": _("This isn't a date. Write it like 2026-01-31."),
    "choice": _("This isn't one of the attribute's choices."),
    "owner_unknown": _("No member has this email address."),
    "owner_not_agent": _("This member can't be an owner."),
    "label_too_long": _("A label can have at most 40 characters."),
    "too_many_labels": _("A contact can have at most 20 labels."),
    "too_many_new_labels": _("A workspace can have at most 500 labels."),
    "invalid_id": _("This isn't the ID of an exported contact."),
    "unknown_id": _("There is no contact with this ID."),
    "duplicate": _("An earlier row has the same email address or ID."),
    "attribute_gone": _("This attribute was deleted. Choose the columns again."),
    "empty_row": _("The row has no name, email address, phone number, company or ID."),
}
MAX_ERRORS = 5_000  # stored for the report; all lines with errors are counted
MAX_VALUE = 80  # characters of a value that a report shows
CACHED_VALUES = 5000


def label_key(name) -> str:
    """Fold a label's name as the database does, see messagehub.lib.name_comparison.folded_name."""
    return unicodedata.normalize("NFKC", name).lower()


KIND_REASONS = {
    ContactAttribute.Kind.NUMBER: "number",
    ContactAttribute.Kind.DATE: "date",
    ContactAttribute.Kind.CHOICE: "choice",
}


class CheckedRow(NamedTuple):
    """A row as it is staged. Empty values leave an existing contact as it is."""

    line: int
    new_contact: UUID  # its id, if the row creates one
    contact: UUID | None
    name: str
    email: str
    phone: str
    company: str
    owner: UUID | None
    labels: list[UUID]
    attributes: str  # JSON


@dataclass
class RowChecker:
    """Turns rows into values, and collects their errors.

    Threat: a file full of invalid cells or new labels that fills the memory. So it keeps no more
    errors than a report shows, and no more labels than a workspace can have.
    """

    workspace: UUID
    columns: list[str]
    # [line, number of the column or None, code of the reason, value]
    errors: list[list] = field(default_factory=list)
    bad_lines: set[int] = field(default_factory=set)

    def __post_init__(self):
        self.column_indexes = {code: index for index, code in enumerate(self.columns) if code}
        members = Membership.objects.filter(workspace=self.workspace).select_related("user")
        agents = Membership.objects.active().with_permission(Permission.ANSWER)
        self.owners = {member.user.email.lower(): member.pk for member in members}
        self.used_owners = set()
        self.agents = set(agents.filter(workspace=self.workspace).values_list("pk", flat=True))
        labels = Label.objects.filter(workspace=self.workspace)
        self.labels = {label_key(label.name): label for label in labels}
        self.new_labels = {}
        self.colours = Counter(label.colour for label in labels)
        self.attributes = {
            each.key: each
            for each in ATTRIBUTES.all(workspace=self.workspace)
            if each.key in self.column_indexes
        }
        self.fields = OWN_FIELDS | {
            key: value_field(attribute) for key, attribute in self.attributes.items()
        }
        for code, index in self.column_indexes.items():
            if code not in FIELDS and code not in self.attributes:
                self.refuse(1, index, "attribute_gone")
        self.cache = {}
        self.seen = {}  # email addresses and ids

    def check(self, line, cells) -> CheckedRow | None:
        """Return the row's values, or None if something is wrong with them."""
        get = self.cell_getter(line, cells)
        values = {name: get(name) for name in OWN_FIELDS}
        if not values["name"]:
            values["name"] = self.join_name(line, cells)
        contact = self.find_id(line, cells)
        row = CheckedRow(
            line=line,
            new_contact=new_id(),
            contact=contact,
            **values,
            owner=self.find_owner(line, cells),
            labels=self.find_labels(line, cells),
            attributes=json.dumps({key: value for key in self.attributes if (value := get(key))}),
        )
        if line not in self.bad_lines:
            self.check_identity(row)
        return None if line in self.bad_lines else row

    def cell_getter(self, line, cells):
        def get(code):
            index = self.column_indexes.get(code)
            if index is None or index >= len(cells) or not cells[index]:
                return ""
            return self.clean(line, index, code, cells[index])

        return get

    def clean(self, line, index, code, cell):
        """Return the value of a cell as the contact's form would store it."""
        known = self.cache.get((code, cell))
        if known is not None:
            return known
        try:
            value = to_stored(self.fields[code].clean(original_cell(cell)))
        except ValidationError as error:
            self.refuse(line, index, self.reason(code, error), cell)
            return ""
        if code != "email" and len(self.cache) < CACHED_VALUES:
            self.cache[code, cell] = value
        return value

    def reason(self, code, error):
        if error.error_list[0].code == "max_length":
            return "too_long"
        attribute = self.attributes.get(code)
        return KIND_REASONS.get(attribute.kind, "too_long") if attribute else code

    def refuse(self, line, index, reason, value=""):
        self.bad_lines.add(line)
        if len(self.errors) < MAX_ERRORS:
            self.errors.append([line, index, reason, value[:MAX_VALUE]])

    def text(self, cells, code) -> str:
        """Return the visible text of a cell."""
        index = self.column_indexes.get(code)
        if index is None or index >= len(cells):
            return ""
        return clean_line(original_cell(cells[index]))

    def join_name(self, line, cells):
        parts = [self.text(cells, "first_name"), self.text(cells, "last_name")]
        name = " ".join(filter(None, parts))
        if len(name) > Contact._meta.get_field("name").max_length:
            self.refuse(line, self.column_indexes.get("first_name"), "too_long", name)
        return name

    def find_id(self, line, cells):
        text = self.text(cells, "id")
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            self.refuse(line, self.column_indexes["id"], "invalid_id", text)
            return None

    def find_owner(self, line, cells):
        if "owner" not in self.column_indexes:
            return None
        text = self.text(cells, "owner").lower()
        if text and text not in self.owners:
            self.refuse(line, self.column_indexes["owner"], "owner_unknown", text)
        owner = self.owners.get(text)
        if owner is not None:
            self.used_owners.add(owner)
        return owner

    def find_labels(self, line, cells):
        text = self.text(cells, "labels")
        if not text:
            return []
        if (known := self.cache.get(("labels", text))) is not None:
            return known
        index = self.column_indexes["labels"]
        names = filter(None, map(clean_line, next(csv.reader([text], skipinitialspace=True))))
        names = {label_key(name): name for name in names}
        reason = self.refusal_of_labels(names)
        if reason:
            self.refuse(line, index, reason, text)
            return []
        found = [self.find_label(key, name).pk for key, name in names.items()]
        if len(self.cache) < CACHED_VALUES:
            self.cache["labels", text] = found
        return found

    def refusal_of_labels(self, names) -> str:
        """Return the code of the reason why a contact can't have these labels, or ""."""
        if any(len(name) > Label._meta.get_field("name").max_length for name in names.values()):
            return "label_too_long"
        if len(names) > MOST_OF_A_CONTACT:
            return "too_many_labels"
        new = names.keys() - self.labels.keys()
        is_full = bool(new) and len(self.labels) + len(new) > MOST_OF_A_WORKSPACE
        return "too_many_new_labels" if is_full else ""

    def find_label(self, key, name):
        if key not in self.labels:
            colour = least_used_colour(self.colours)
            self.colours[colour] += 1
            label = Label(workspace_id=self.workspace, name=name, colour=colour)
            self.labels[key] = self.new_labels[key] = label
        return self.labels[key]

    def check_identity(self, row):
        """Refuse a row that identifies no one, or repeats an earlier row."""
        if not (row.contact or row.name or row.email or row.phone or row.company):
            self.refuse(row.line, None, "empty_row")
        # Two contacts that were exported may have the same email address.
        code = "id" if row.contact else "email"
        value = row.contact or row.email
        if value and self.seen.setdefault(value, row.line) != row.line:
            self.refuse(row.line, self.column_indexes[code], "duplicate", str(value))
