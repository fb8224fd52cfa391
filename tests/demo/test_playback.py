"""The demo's past is consistent whenever it is loaded: in order, and with agents online."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from demo.loading import inbox_of
from demo.past import load_past
from inbox.models import Contact, Conversation, Message
from routing.models import Decision, RotationEntry, Routing
from routing.rules import AVAILABLE
from teams.models import StatusChange
from teams.status_history import load_history
from tests.demo.conftest import person

MOMENTS = {
    "a working day": datetime(2026, 11, 18, 15, 20, tzinfo=UTC),
    "lunch": datetime(2026, 11, 19, 12, 50, tzinfo=UTC),
    "a night": datetime(2026, 11, 16, 0, 5, tzinfo=UTC),
    "a weekend": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    "after the clock changed": datetime(2026, 4, 1, 11, 0, tzinfo=UTC),
}


def load(inbox, now):
    load_past(inbox, origin="http://shop.example", now=now)


def some(rows):
    """Return these rows. There must be some: a check of none would prove nothing."""
    found = list(rows)
    assert found
    return found


def test_loading_it_sets_off_nothing_and_takes_few_queries(
    empty_shop, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks() as callbacks,
        CaptureQueriesContext(connection) as queries,
    ):
        load(empty_shop, MOMENTS["lunch"])
    assert callbacks == []
    assert len(queries) <= 12


def test_the_same_moment_has_the_same_past(empty_shop):
    def load_and_forget():
        with transaction.atomic():
            load(inbox_of("acme"), MOMENTS["a working day"])
            entries = Message.objects.order_by("conversation__number", "seq")
            states = StatusChange.objects.order_by("created_at")
            columns = ("conversation__number", "created_at", "body", "activity", "author")
            found = some(entries.values_list(*columns)), some(states.values_list("created_at"))
            transaction.set_rollback(True)
        return found

    assert load_and_forget() == load_and_forget()


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_past_is_consistent(empty_shop, moment):
    """One load for all questions: each reads, and changes nothing."""
    now = MOMENTS[moment]
    empty_shop.workspace.time_zone = "Europe/Berlin"
    empty_shop.workspace.save()
    load(empty_shop, now)
    check_that_there_is_as_much_as_a_small_team_has(empty_shop)
    check_that_all_lies_in_the_past_and_in_order(empty_shop, now)
    check_that_decisions_fit_who_was_online()
    check_that_agents_who_answer_are_online()
    check_that_assignments_name_their_decision()
    check_that_the_rotation_goes_on(empty_shop)
    check_that_days_look_like_working_days(now)


def check_that_there_is_as_much_as_a_small_team_has(inbox):
    found = Conversation.objects.filter(inbox=inbox)
    assert 90 <= found.count() <= 120
    assert set(found.values_list("status", "waiting_since")) == {("resolved", None)}
    given = Counter(found.values_list("assignee__user__name", flat=True))
    assert given.keys() == {"Bob Brandt", "Bea Bauer"}
    ratings = Counter(found.values_list("rating", flat=True))
    assert ratings.keys() == {None, 1, 2, 3, 4, 5}
    assert 30 < found.count() - ratings[None] < 80
    # Some come back, some wait for the morning, some have a name.
    assert Message.objects.filter(activity="reopened").count() >= 4
    assert Message.objects.filter(activity="waiting").count() >= 4
    assert Contact.objects.exclude(email="").count() >= 10
    assert Contact.objects.filter(name="").count() > found.count() / 2


def check_that_all_lies_in_the_past_and_in_order(inbox, now):
    for conversation in some(Conversation.objects.filter(inbox=inbox).prefetch_related("messages")):
        entries = sorted(conversation.messages.all(), key=lambda each: each.seq)
        assert [each.seq for each in entries] == list(range(1, conversation.last_seq + 1))
        moments = [each.created_at for each in entries]
        assert all(one < other for one, other in pairwise(moments))
        assert now - timedelta(days=22) < moments[0] == conversation.created_at
        assert moments[-1] < now
        is_rated = conversation.rating is not None
        assert entries[-1].activity == ("rated" if is_rated else "resolved")
        assert entries[-1 - is_rated].activity == "resolved"
        assert entries[-1].details.get("rating") == conversation.rating
        written = [each for each in entries if each.kind != "activity"][-1]
        assert conversation.last_activity_at == written.created_at
        assert conversation.preview_kind == written.kind
    for rows in (Contact, Decision, StatusChange):
        assert rows.objects.exists()
        assert not rows.objects.filter(created_at__gt=now).exists()


def check_that_decisions_fit_who_was_online():
    for decision in some(Decision.objects.all()):
        codes = [row["status"] for row in some(decision.candidates)]
        assert codes == [code_at(row["id"], decision.created_at) for row in decision.candidates]
        assert decision.tally == Counter(codes)
        available = {row["id"] for row in decision.candidates if row["status"] == AVAILABLE}
        if decision.rule == "queued":
            assert not available
        else:
            assert str(decision.chosen_id) in available


def code_at(member, moment):
    last = StatusChange.objects.filter(membership=member, created_at__lte=moment)
    return last.order_by("-created_at").values_list("status", flat=True).first() or "offline"


def check_that_agents_who_answer_are_online():
    replies = some(Message.objects.filter(kind="reply"))
    online = [code_at(each.author_id, each.created_at) == AVAILABLE for each in replies]
    assert sum(online) >= 0.98 * len(online)


def check_that_assignments_name_their_decision():
    decisions = {str(each.pk): each for each in Decision.objects.all()}
    for entry in some(Message.objects.filter(activity="assigned", author=None)):
        decision = decisions[entry.details["decision"]]
        assert decision.conversation_id == entry.conversation_id
        assert str(decision.chosen_id) == entry.details["to_id"]


def check_that_the_rotation_goes_on(inbox):
    count = Routing.objects.get(inbox=inbox).assignment_count
    assert count == Decision.objects.filter(rule="round_robin").count()
    assert (
        max(RotationEntry.objects.filter(inbox=inbox).values_list("last_assigned_at", flat=True))
        == count
    )


def check_that_days_look_like_working_days(now):
    bob = person("Bob")
    days = load_history(bob, days=21, now=now)
    assert 11 <= len([day for day in days if day.date.weekday() < 5]) <= 15
    midday = [day for day in days if any(each.status == "away" for each in day.periods)]
    assert len(midday) >= 10
    assert bob.status_changes.latest("created_at").status == bob.announced_status == "offline"
