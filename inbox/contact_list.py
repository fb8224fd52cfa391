"""The list of contacts: who is shown, in which order, and where the next page begins."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Subquery

from inbox.conversation_list import PAGE, uuid_or_none
from inbox.models import Contact, Conversation
from messagehub.lib.invisible import clean_line

NOBODY = "nobody"


@dataclass(frozen=True)
class ContactChoice:
    """search: the beginning of a name or an address; owner: a membership's id, NOBODY or "" (all).

    What is unknown in the address chooses nothing.
    """

    search: str
    owner: str
    before: UUID | None

    @classmethod
    def from_query(cls, query):
        owner = query.get("owner", "")
        return cls(
            search=clean_line(query.get("search", ""))[:254],
            owner=owner if owner == NOBODY or uuid_or_none(owner) else "",
            before=uuid_or_none(query.get("before", "")),
        )

    @property
    def query(self):
        """For the address of another page of the same choice."""
        return urlencode({"search": self.search, "owner": self.owner}) if self.is_narrow else ""

    @property
    def is_narrow(self):
        return bool(self.search or self.owner)

    def page(self, membership):
        """([contact, with .last_at], the id before which the next page begins or None)."""
        visible = Conversation.objects.visible_to(membership).filter(contact=OuterRef("pk"))
        last_at = visible.order_by("-last_activity_at").values("last_activity_at")[:1]
        found = self.contacts(membership).annotate(last_at=Subquery(last_at))
        rows = list(found.with_owner().order_by("-pk")[: PAGE + 1])
        return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None

    def contacts(self, membership):
        found = Contact.objects.visible_to(membership)
        if self.search:
            found = found.search(self.search)
        if self.owner:
            found = found.filter(owner=None if self.owner == NOBODY else self.owner)
        return found.filter(pk__lt=self.before) if self.before else found
