"""Whoever waits longest is asked first, also when the next one writes before anybody looked."""

from datetime import UTC, datetime

import pytest

from routing.models import Routing
from teams import presence
from tests.conftest import COMMITS, Vera
from tests.routing.engine.conftest import TAB, change, connect, has, stored, sweep, why

pytestmark = COMMITS
WEEK = {"week": [{"day": day, "from": "09:00", "to": "17:00"} for day in range(7)]}


@pytest.fixture
def bobs_hours(acme, clock):
    """Bob alone answers, one chat at a time, and has been at his desk since before his hours."""
    acme.inbox.members.exclude(membership=acme.bob).delete()
    clock.set(datetime(2027, 3, 1, 8, 0, tzinfo=UTC))
    change(acme.bob, capacity=1, time_zone="UTC", hours=WEEK)
    connect(acme.bob)

    def begin():
        clock.set(datetime(2027, 3, 1, 9, 0, 1, tzinfo=UTC))
        presence.beat(acme.bob, TAB)

    return begin


def test_a_message_in_the_second_the_hours_begin_overtakes_nobody(acme, bobs_hours):
    first = Vera(acme.inbox).writes("since eight").conversation
    bobs_hours()
    second = Vera(acme.inbox).writes("just now").conversation
    assert (has(first), has(second)) == ("Bob", None)
    assert why(second).tally == {"at_capacity": 1}
    sweep()
    assert (has(first), has(second)) == ("Bob", None)


def test_with_room_for_both_both_have_it_at_once(acme, bobs_hours):
    change(acme.bob, capacity=2)
    first = Vera(acme.inbox).writes("since eight").conversation
    bobs_hours()
    second = Vera(acme.inbox).writes("just now").conversation
    assert (has(first), has(second)) == ("Bob", "Bob")
    given = [why(each).created_at for each in (first, second)]
    assert given == sorted(given)


def test_who_reopens_overtakes_nobody(acme, bobs_hours):
    vera = Vera(acme.inbox)
    again = vera.writes("an old one").conversation
    row = stored(again)
    row.status = "resolved"
    row.waiting_since = None
    row.save(update_fields=["status", "waiting_since"])
    first = Vera(acme.inbox).writes("since eight").conversation
    bobs_hours()
    vera.writes("me again")
    assert (has(first), has(again)) == ("Bob", None)


def test_what_bob_put_back_holds_nobody_up(acme, bobs_hours):
    first = Vera(acme.inbox).writes("since eight").conversation
    row = stored(first)
    row.put_back_by = [acme.bob.pk]
    row.save(update_fields=["put_back_by"])
    bobs_hours()
    second = Vera(acme.inbox).writes("just now").conversation
    assert (has(first), has(second)) == (None, "Bob")


def test_the_owner_has_their_contact_all_the_same(acme, bobs_hours):
    Routing.objects.filter(inbox=acme.inbox).update(to_owner=True)
    vera = Vera(acme.inbox)
    contacts = vera.writes("an old one").conversation
    contact = contacts.contact
    contact.owner = acme.bob
    contact.save(update_fields=["owner"])
    row = stored(contacts)
    row.status = "resolved"
    row.waiting_since = None
    row.save(update_fields=["status", "waiting_since"])
    Vera(acme.inbox).writes("since eight")
    bobs_hours()
    vera.writes("to my own")
    assert (has(contacts), why(contacts).rule) == ("Bob", "owner")
