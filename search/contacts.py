"""Finds contacts by any part of their name, email address, phone number or company, newest first.

All contacts of the workspace are compared, which takes 20 ms for 100,000 of them. An index of all
parts would cost each new contact half a millisecond, and an import more than everything else.
"""

from django.db.models import Q

from inbox import nicknames
from inbox.models import Contact
from inbox.models.contact import HAS_NICKNAME, NicknameNumber
from messagehub.lib.name_comparison import fold

MAX_CONTACTS = 5
MAX_WORDS = 6


def find_contacts(membership, text):
    """Return the newest contacts with all of these words, in whatever order."""
    words = fold(text).split()[:MAX_WORDS]
    if not words:
        return []
    contacts = Contact.objects.visible_to(membership).order_by("-pk")
    is_match = Q()
    for word in words:
        is_match &= Contact.matches(word)
    if numbers := nicknames.find_numbers(text):
        contacts = contacts.alias(nickname_number=NicknameNumber("id"))
        is_match |= HAS_NICKNAME & Q(nickname_number__in=numbers)
    return list(contacts.filter(is_match)[:MAX_CONTACTS])
