"""Finds which contacts a page of the contact list shows."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Subquery

from inbox.conversation_list import PAGE_SIZE, uuid_or_none
from inbox.models import Contact, Conversation
from messagehub.lib.invisible import clean_line

UNOWNED = "none"


@dataclass(frozen=True)
class ContactFilters:
    """The filters in the page's URL; unknown values are ignored.

    search: a part of a name, email address, phone number or company.
    owner: the id of a membership, UNOWNED, or "" for all contacts.
    """

    search: str
    owner: str
    before: UUID | None

    @classmethod
    def from_query(cls, query):
        owner = query.get("owner", "")
        return cls(
            search=clean_line(query.get("search", ""))[:254],
            owner=owner if owner == UNOWNED or uuid_or_none(owner) else "",
            before=uuid_or_none(query.get("before", "")),
        )

    @property
    def query(self):
        """Return the query string that keeps these filters on other pages of the list."""
        return urlencode({"search": self.search, "owner": self.owner}) if self.is_active else ""

    @property
    def is_active(self):
        return bool(self.search or self.owner)

    def get_page(self, membership):
        """Return a page of contacts with `last_at`, and the id before which the next page starts.

        The id is None on the last page.
        """
        visible = Conversation.objects.visible_to(membership).filter(contact=OuterRef("pk"))
        last_at = visible.order_by("-last_activity_at").values("last_activity_at")[:1]
        contacts = self.get_contacts(membership).annotate(last_at=Subquery(last_at))
        rows = list(contacts.with_owner().order_by("-pk")[: PAGE_SIZE + 1])
        return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None

    def get_contacts(self, membership):
        contacts = Contact.objects.visible_to(membership)
        if self.search:
            contacts = contacts.search(self.search)
        if self.owner:
            contacts = contacts.filter(owner=None if self.owner == UNOWNED else self.owner)
        return contacts.filter(pk__lt=self.before) if self.before else contacts
