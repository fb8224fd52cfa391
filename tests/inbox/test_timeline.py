"""Opening a long conversation costs no more than its latest entries."""

import gzip
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import assign_conversation
from inbox.models import Message
from inbox.timeline import PAGE_SIZE, entries_after, latest_entries

LIMIT = 30_000  # bytes, compressed
BODY = "Thank you, order {} arrived today, but {} parts of it are missing. Can you help me again?"


@pytest.fixture
def long_conversation(acme, vera):
    """Create a conversation of 1,000 messages by the contact, Bob, Bea and Alice."""
    conversation = vera.writes("The first").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    start = conversation.messages.count()
    authors = [None, acme.bob, acme.bea, acme.alice]
    Message.objects.bulk_create(
        Message(
            workspace=acme.workspace,
            conversation=conversation,
            seq=seq,
            kind="reply" if authors[seq % 4] else "contact",
            body=BODY.format(uuid4(), seq),
            author=authors[seq % 4],
            contact=None if authors[seq % 4] else conversation.contact,
            client_id=uuid4(),
        )
        for seq in range(start + 1, 1001)
    )
    return conversation


def test_a_page_has_the_latest_entries_and_stays_small(acme, long_conversation, sign_in):
    client = sign_in(acme.bea)
    url = f"/w/acme/conversations/{long_conversation.number}/"
    headers = {"HX-Request": "true", "HX-Target": "div#conversation"}
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url, headers=headers)
    assert page.text.count('class="entry"') == PAGE_SIZE == 50
    assert f'data-url="{url}entries/?before=951"' in page.text
    assert len(gzip.compress(page.content)) <= LIMIT
    assert len(queries) <= 13
    earlier = client.get(f"{url}entries/?before=951")
    assert earlier.text.count('class="entry"') == PAGE_SIZE


def test_people_are_loaded_once_for_all_entries(acme, long_conversation, django_assert_num_queries):
    conversation = type(long_conversation).objects.with_related().get()
    for entries, count in ((latest_entries, 50), (lambda it: entries_after(it, 0), 1000)):
        with django_assert_num_queries(2):  # the entries, and authors who aren't the assignee
            found = entries(conversation)
            names = {entry.author_name for entry in found}
        assert len(found) == count
        assert names >= {"Bob", "Bea", "Alice", conversation.contact.display_name}


def test_a_link_to_an_entry_far_back_opens_the_page_around_it(acme, long_conversation, sign_in):
    type(long_conversation).objects.update(last_seq=1000)
    client = sign_in(acme.bea)
    url = f"/w/acme/conversations/{long_conversation.number}/"

    def seqs(page):
        return [int(seq) for seq in re.findall(r'class="entry"[^>]*data-seq="(\d+)"', page.text)]

    page = client.get(f"{url}?entry=300")
    assert seqs(page) == list(range(275, 325))
    assert f'data-url="{url}entries/?before=275"' in page.text
    assert f'data-url="{url}entries/?later=324"' in page.text
    later = client.get(f"{url}entries/?later=324")
    assert seqs(later) == list(range(325, 375))
    assert f'data-url="{url}entries/?later=374"' in later.text
    last = client.get(f"{url}entries/?later=960")
    assert seqs(last) == list(range(961, 1001))
    assert "later-entries" not in last.text
    for near_the_end in ("?entry=951", "?entry=9999", "?entry=x", ""):
        page = client.get(f"{url}{near_the_end}")
        assert seqs(page) == list(range(951, 1001))
        assert "later-entries" not in page.text
    assert seqs(client.get(f"{url}?entry=0"))[0] == 1
