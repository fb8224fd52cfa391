"""Read markers: only a member's own visible page moves them, and never back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.read_marker import mark_read, mark_read_by_contact
from inbox.models import Conversation, ReadMarker
from tests.conftest import COMMITS, in_parallel


@pytest.fixture
def long_conversation(acme, vera):
    for body in ("one", "two", "three"):
        conversation = vera.writes(body).conversation
    return conversation


def markers():
    return dict(ReadMarker.objects.values_list("membership__user__name", "seq"))


def address(conversation, workspace="acme"):
    return f"/w/{workspace}/conversations/{conversation.number}/read/"


def test_a_page_reports_what_it_has_shown(acme, long_conversation, sign_in):
    response = sign_in(acme.bob).post(address(long_conversation), {"seq": 2})
    assert response.status_code == 204
    assert markers() == {"Bob": 2}


def test_a_page_may_report_it_along_with_viewing(acme, long_conversation, sign_in):
    url = f"/w/acme/conversations/{long_conversation.number}/viewing/"
    client = sign_in(acme.bob)
    assert client.post(url).status_code == 200
    assert markers() == {}
    assert client.post(url, {"seq": 2}).status_code == 200
    assert client.post(url, {"seq": "x"}).status_code == 400
    assert markers() == {"Bob": 2}


def test_fetching_a_page_marks_nothing_as_read(acme, long_conversation, sign_in):
    client = sign_in(acme.bob)
    base = f"/w/acme/conversations/{long_conversation.number}/"
    for path in (base, f"{base}entries/?after=0"):
        assert client.get(path).status_code == 200
    assert client.get(address(long_conversation)).status_code == 405
    assert markers() == {}


def test_a_marker_never_moves_back(acme, long_conversation):
    for seq in (2, 1, 3, 2):
        mark_read(long_conversation, membership=acme.bob, seq=seq)
    assert markers() == {"Bob": 3}


def test_a_marker_stops_at_the_last_entry(acme, long_conversation):
    mark_read(long_conversation, membership=acme.bob, seq=10**9 - 1)
    mark_read_by_contact(long_conversation, seq=10**9 - 1)
    last = Conversation.objects.get().last_seq
    assert markers() == {"Bob": last}
    assert Conversation.objects.get().contact_read_seq == last


def test_each_member_has_a_marker(acme, long_conversation):
    mark_read(long_conversation, membership=acme.bob, seq=1)
    mark_read(long_conversation, membership=acme.bea, seq=2)
    assert markers() == {"Bob": 1, "Bea": 2}


@pytest.mark.parametrize("seq", ["", "-1", "1.5", "x", "²", "9" * 10, "\x00"])
def test_nonsense_is_refused(acme, long_conversation, sign_in, seq):
    assert sign_in(acme.bob).post(address(long_conversation), {"seq": seq}).status_code == 400
    assert markers() == {}


def test_invisible_conversations_cannot_be_marked(acme, globex, long_conversation, sign_in):
    client = sign_in(globex.charlie)
    assert client.post(address(long_conversation), {"seq": 1}).status_code == 404
    assert client.post(address(long_conversation, "globex"), {"seq": 1}).status_code == 404
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert sign_in(acme.bea).post(address(long_conversation), {"seq": 1}).status_code == 404
    assert markers() == {}


def test_reading_locks_and_publishes_nothing(acme, long_conversation):
    with CaptureQueriesContext(connection) as queries:
        mark_read(long_conversation, membership=acme.bob, seq=3)
    assert len(queries) == 3  # the third marks the member's notifications
    assert not any("inbox_conversation" in query["sql"].split("WHERE")[0] for query in queries)


@COMMITS
def test_simultaneous_pages_keep_the_highest_marker(acme, vera):
    conversation = vera.writes().conversation
    Conversation.objects.update(last_seq=100)
    conversation.last_seq = 100
    in_parallel(
        8, lambda number: mark_read(conversation, membership=acme.bob, seq=10 * (number + 1))
    )
    assert markers() == {"Bob": 80}


def test_changing_the_conversation_keeps_the_contacts_marker(acme, long_conversation, vera):
    mark_read_by_contact(long_conversation, seq=2)
    mark_read_by_contact(long_conversation, seq=1)
    vera.writes("four")
    assert Conversation.objects.get().contact_read_seq == 2
