"""Finds which contacts a page of the contact list shows."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import QueryDict

from inbox.conversation_list import PAGE_SIZE
from inbox.models import Contact, Conversation
from inbox.related_rows import attach_labels
from messagehub.lib.invisible import clean_line
from messagehub.lib.text import parse_uuid

UNOWNED = "none"


@dataclass(frozen=True)
class ContactFilters:
    """The filters in the page's URL; unknown values are ignored.

    search: a part of a name, email address, phone number or company.
    owner: the id of a membership, UNOWNED, or "" for all contacts.
    label: the id of a label, or "".
    """

    search: str
    owner: str
    label: str
    before: UUID | None

    @classmethod
    def from_query(cls, query):
        owner, label = query.get("owner", ""), query.get("label", "")
        return cls(
            search=clean_line(query.get("search", ""))[:254],
            owner=owner if owner == UNOWNED or parse_uuid(owner) else "",
            label=label if parse_uuid(label) else "",
            before=parse_uuid(query.get("before", "")),
        )

    @classmethod
    def from_text(cls, text):
        return cls.from_query(QueryDict(text))

    @property
    def query(self):
        """Return the query string that keeps these filters on other pages of the list."""
        filters = {"search": self.search, "owner": self.owner, "label": self.label}
        return urlencode({name: value for name, value in filters.items() if value})

    @property
    def page_query(self):
        """Return the query string of this page of the list."""
        before = urlencode({"before": self.before}) if self.before else ""
        return "&".join(filter(None, [self.query, before]))

    @property
    def is_active(self):
        return bool(self.query)

    def get_page(self, membership):
        """Return a page of contacts with `last_at`, and the id before which the next page starts.

        The id is None on the last page.
        """
        visible = Conversation.objects.visible_to(membership).filter(contact=OuterRef("pk"))
        last_at = visible.order_by("-last_activity_at").values("last_activity_at")[:1]
        contacts = self.get_contacts(membership).annotate(last_at=Subquery(last_at))
        rows = list(contacts.with_owner().order_by("-pk")[: PAGE_SIZE + 1])
        attach_labels(rows)
        return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None

    def get_contacts(self, membership):
        contacts = Contact.objects.visible_to(membership)
        if self.search:
            contacts = contacts.matching(self.search)
        if self.owner:
            contacts = contacts.filter(owner=None if self.owner == UNOWNED else self.owner)
        if self.label:
            contacts = contacts.filter(label_ids__contains=[self.label])
        return contacts.filter(pk__lt=self.before) if self.before else contacts
