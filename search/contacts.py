"""Finds contacts by any part of their name, email address, phone number or company, newest first.

All contacts of the workspace are compared, which takes 20 ms for 100,000 of them. An index of all
parts would cost each new contact half a millisecond, and an import more than everything else.
"""

from inbox.models import Contact
from messagehub.lib.name_comparison import fold
from messagehub.lib.prepared_query import equals_any

MAX_CONTACTS = 5
NEWEST = 1000  # matches; a member who sees few contacts usually sees some of these


def find_contacts(membership, text):
    """Return the newest contacts that match all of these words, in any order."""
    if not fold(text).strip():
        return []
    visible = Contact.objects.visible_to(membership).order_by("-pk")
    if not membership.sees_all_conversations:
        # With the access rule in the same query, PostgreSQL would compare the contacts in the order
        # of their ids, which takes three times as long.
        matching = Contact.objects.filter(workspace=membership.workspace_id).matching(text)
        ids = list(matching.order_by("-pk").values_list("pk", flat=True)[:NEWEST])
        found = list(visible.filter(equals_any("pk", ids))[:MAX_CONTACTS]) if ids else []
        if len(found) == MAX_CONTACTS or len(ids) < NEWEST:
            return found
    return list(visible.matching(text)[:MAX_CONTACTS])
