"""The past is told consistently, whenever the demo is loaded: in order, and by who was there."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from demo.loading import inbox_of
from demo.past import load_past
from inbox.models import Contact, Conversation, Message
from routing.choice import AVAILABLE
from routing.models import Decision, Routing, Turn
from teams.models import Membership, StateChange
from teams.states import history
from tests.demo.conftest import person

MOMENTS = {
    "a working day": datetime(2026, 11, 18, 15, 20, tzinfo=UTC),
    "lunch": datetime(2026, 11, 19, 12, 50, tzinfo=UTC),
    "a night": datetime(2026, 11, 16, 0, 5, tzinfo=UTC),
    "a weekend": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    "after the clock changed": datetime(2026, 4, 1, 11, 0, tzinfo=UTC),
}


@pytest.fixture(params=MOMENTS.values(), ids=MOMENTS)
def told(request, shop):
    """The inbox with a past, and the moment behind which it lies."""
    shop.workspace.time_zone = "Europe/Berlin"
    shop.workspace.save()
    load(shop, request.param)
    return shop, request.param


def load(inbox, now):
    load_past(inbox, origin="http://shop.example", now=now)


def test_nobody_is_told(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        load(shop, MOMENTS["lunch"])
    assert callbacks == []


def test_it_takes_few_queries(shop):
    with CaptureQueriesContext(connection) as asked:
        load(shop, MOMENTS["lunch"])
    assert len(asked) <= 12


def test_it_is_the_same_for_the_same_moment(shop):
    def told():
        with transaction.atomic():
            load(inbox_of("acme"), MOMENTS["a working day"])
            entries = Message.objects.order_by("conversation__number", "seq")
            states = StateChange.objects.order_by("created_at")
            columns = ("conversation__number", "created_at", "body", "activity", "author")
            found = list(entries.values_list(*columns)), list(states.values_list("created_at"))
            transaction.set_rollback(True)
        return found

    assert told() == told()


def test_as_many_as_a_small_team_has(told):
    inbox, _now = told
    found = Conversation.objects.filter(inbox=inbox)
    assert 90 <= found.count() <= 120
    assert set(found.values_list("status", "waiting_since")) == {("resolved", None)}
    given = Counter(found.values_list("assignee__user__name", flat=True))
    assert given.keys() == {"Bob Brandt", "Bea Bauer"}
    # Some come back, some wait for the morning, some have a name.
    assert Message.objects.filter(activity="reopened").count() >= 4
    assert Message.objects.filter(activity="waiting").count() >= 4
    assert Contact.objects.exclude(email="").count() >= 10
    assert Contact.objects.filter(name="").count() > found.count() / 2


def test_everything_lies_in_the_past_and_in_order(told):
    inbox, now = told
    for conversation in Conversation.objects.filter(inbox=inbox).prefetch_related("messages"):
        entries = sorted(conversation.messages.all(), key=lambda each: each.seq)
        assert [each.seq for each in entries] == list(range(1, conversation.last_seq + 1))
        moments = [each.created_at for each in entries]
        assert all(one < other for one, other in pairwise(moments))
        assert now - timedelta(days=22) < moments[0] == conversation.created_at
        assert moments[-1] < now
        assert entries[-1].activity == "resolved"
        said = [each for each in entries if each.kind != "activity"][-1]
        assert conversation.last_activity_at == said.created_at
        assert conversation.preview_from == said.kind
    for rows in (Contact, Decision, StateChange):
        assert not rows.objects.filter(created_at__gt=now).exists()


def test_decisions_fit_who_was_there(told):
    _inbox, _now = told
    for decision in Decision.objects.all():
        for row in decision.candidates:
            assert row["code"] == code_at(row["id"], decision.created_at)
        codes = Counter(row["code"] for row in decision.candidates)
        assert decision.tally == codes
        if decision.rule == "nobody":
            assert AVAILABLE not in codes
            continue
        assert str(decision.chosen_id) in {
            row["id"] for row in decision.candidates if row["code"] == AVAILABLE
        }


def code_at(member, moment):
    last = StateChange.objects.filter(membership=member, created_at__lte=moment)
    return last.order_by("-created_at").values_list("code", flat=True).first() or "offline"


def test_who_answers_is_there(told):
    replies = Message.objects.filter(kind="reply")
    there = [code_at(each.author_id, each.created_at) == AVAILABLE for each in replies]
    assert sum(there) >= 0.98 * len(there)


def test_the_assignment_names_its_decision(told):
    for entry in Message.objects.filter(activity="assigned", author=None):
        decision = Decision.objects.get(pk=entry.details["decision"])
        assert (decision.conversation_id, decision.chosen_id) == (
            entry.conversation_id,
            Membership.objects.get(pk=entry.details["to_id"]).pk,
        )


def test_the_turn_goes_on(told):
    inbox, _now = told
    turn = Routing.objects.get(inbox=inbox).turn
    assert turn == Decision.objects.filter(rule="round_robin").count()
    assert max(Turn.objects.filter(inbox=inbox).values_list("turn", flat=True)) == turn


def test_days_look_like_working_days(told):
    _inbox, now = told
    bob = person("Bob")
    days = history(bob, days=21, now=now)
    assert 11 <= len([day for day in days if day.date.weekday() < 5]) <= 15
    midday = [day for day in days if any(each.code == "away" for each in day.bar)]
    assert len(midday) >= 10
    assert bob.states.order_by("-created_at").first().code == bob.told_code == "offline"
