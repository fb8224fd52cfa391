"""Finds contacts by any part of their name or email address, newest first.

As with messages, the newest are compared one by one. If they don't fill the list, few contacts
match, and the index finds these.
"""

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat, StrIndex

from inbox import nicknames
from inbox.models import Contact
from inbox.models.contact import HAS_NICKNAME, NicknameNumber
from search.messages import AsQuery, IsInIndex

MAX_CONTACTS = 5
NEWEST = 1000
MAX_WORDS = 6
IS_NAMED = ~Q(name="") | ~Q(email="")
WORD = "search_fold(%s), search_contact_query(%s, %s)::text"


class Fold(Func):
    function = "search_fold"
    output_field = TextField()


class ContactVector(Func):
    function = "search_contact"
    output_field = SearchVectorField()


def find_contacts(membership, text):
    """Return the newest contacts with all of these words in their name or email address."""
    words, query = compile_words(membership.workspace_id, text)
    if not words:
        return []
    contacts = Contact.objects.visible_to(membership).order_by("-pk")
    is_match = Q(IS_NAMED)
    contacts = contacts.alias(
        folded=Fold(Concat("name", Value(" "), "email", output_field=TextField()))
    )
    for number, word in enumerate(words):
        contacts = contacts.alias(**{f"place{number}": StrIndex("folded", Value(word))})
        is_match &= Q(**{f"place{number}__gt": 0})
    named = contacts.filter(is_match)
    if numbers := nicknames.find_numbers(text):
        contacts = contacts.alias(nickname=NicknameNumber("id"))
        is_match |= HAS_NICKNAME & Q(nickname__in=numbers)
    ids = Contact.objects.filter(workspace=membership.workspace_id).order_by("-pk").values("pk")
    bound = ids[NEWEST - 1 : NEWEST].first()
    newest = contacts.filter(is_match)
    if bound is None:
        return list(newest[:MAX_CONTACTS])
    found = list(newest.filter(pk__gte=bound["pk"])[:MAX_CONTACTS])
    if len(found) < MAX_CONTACTS and query:
        vector = ContactVector(F("workspace_id"), F("name"), F("email"))
        older = named.filter(IsInIndex(vector, AsQuery(query)), pk__lt=bound["pk"])
        found += older[: MAX_CONTACTS - len(found)]
    return found


def compile_words(workspace, text):
    """Return (the words as names are compared, what the index finds of them)."""
    typed = text.split()[:MAX_WORDS]
    if not typed:
        return [], ""
    params = [param for word in typed for param in (word, workspace, word)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([WORD] * len(typed))}", params)
        row = cursor.fetchone()
    words, queries = row[::2], row[1::2]
    return words, " & ".join(f"({query})" for query in queries if query)
