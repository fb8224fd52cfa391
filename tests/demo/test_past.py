"""The demo's main company has a past like a small team's, in which nothing waits."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from demo.cast import CONVERSATIONS
from demo.loading import load_demo
from inbox.desk_counts import count_open
from inbox.models import Contact, Conversation, Message
from localmail.models import LocalMail
from notifications.models import Notification
from notifications.sweep import notify_of_new_entries
from outbox.models import Delivery
from routing.models import Decision, RotationEntry
from routing.simulator.figures import differences
from teams.models import StatusChange
from tests.demo.conftest import person

SIMULATOR = "/w/acme/routing/simulator/"


def test_the_simulator_has_something_to_replay(demo, sign_in):
    client = sign_in(person("Alice"))
    page = client.get(SIMULATOR)
    comparison = page.context["comparison"]
    assert "presence has been recorded yet" not in page.text
    assert "the replay picks the actual agent for" in page.text
    assert comparison.agrees_percent > 80
    assert 90 <= comparison.count <= 140
    assert len(comparison.columns) == 2
    for column in comparison.columns:
        assert column.figures.at_once > 0.7 * comparison.count
        assert column.figures.unavailable == 0
    for copy in ({"fewest_open_first": "on"}, {"answer_minutes": "5"}):
        page = client.get(SIMULATOR, {"inbox": demo.pk, "copy": "1", "leads": "queue"} | copy)
        actual, now, tried = page.context["comparison"].columns
        assert differences(tried.outcomes, now.outcomes)
        assert min(actual.figures.assigned.values()) > 0.7 * max(actual.figures.assigned.values())


def test_what_is_open_is_what_the_cast_says(demo):
    cast = [each for each in CONVERSATIONS if each["company"] == "acme" and not each["resolved"]]
    assert cast
    found = Conversation.objects.filter(workspace=demo.workspace).exclude(status="resolved")
    found = list(found.order_by("last_activity_at").select_related("contact", "assignee__user"))
    assert [each.contact.name for each in found] == [each["name"] for each in cast]
    by_view, _by_inbox = count_open(person("Alice"))
    assert by_view == {"mine": 0, "unassigned": 1, "all": len(cast)}
    # Ines thanks Bob by his name.
    assert [each.assignee.name for each in found if each.contact.name == "Ines Moreau"] == [
        "Bob Brandt"
    ]


def test_open_conversations_are_newer_than_resolved_ones(demo):
    found = Conversation.objects.filter(workspace=demo.workspace).latest_first()
    statuses = list(found.values_list("status", flat=True))
    assert set(statuses) == {"open", "resolved"}
    assert statuses == sorted(statuses)


def test_nothing_is_sent(demo):
    assert not Delivery.objects.exists()
    assert not LocalMail.objects.exists()


def test_numbers_follow_time(demo):
    found = Conversation.objects.filter(workspace=demo.workspace).order_by("created_at")
    numbers = list(found.values_list("number", flat=True))
    assert numbers
    assert numbers == list(range(1, len(numbers) + 1))
    demo.workspace.refresh_from_db()
    assert demo.workspace.next_number() == len(numbers) + 1


def test_the_other_company_has_no_past(demo):
    others = Conversation.objects.filter(workspace__slug="globex")
    assert others.count() == sum(each["company"] == "globex" for each in CONVERSATIONS)
    assert not StatusChange.objects.filter(workspace__slug="globex").exists()


def test_loading_twice_changes_nothing(demo):
    rows = (Conversation, Message, Contact, Decision, StatusChange, RotationEntry)
    before = [list(each.objects.order_by("pk").values()) for each in rows]
    assert load_demo() is False
    assert [list(each.objects.order_by("pk").values()) for each in rows] == before


def test_the_decisions_of_the_cast_lie_where_their_conversations_began(demo):
    decisions = list(Decision.objects.select_related("conversation"))
    assert decisions
    for decision in decisions:
        assert decision.created_at >= decision.conversation.created_at
    recent = Decision.objects.filter(created_at__gt=timezone.now() - timedelta(minutes=5))
    assert not recent.exists()


def test_the_desk_has_labels_teams_canned_replies_and_attributes(demo, sign_in):
    workspace = demo.workspace
    for name in ("labels", "teams", "canned_replies", "contact_attributes"):
        assert getattr(workspace, name).count() >= 2, name
    page = sign_in(person("Bob")).get("/w/acme/conversations/?view=all").text
    assert "Longest waiting" in page
    for label in ("Returns", "Billing", "Priority: High", "Warehouse"):
        assert label in page
    labelled = Conversation.objects.filter(workspace=workspace, status="resolved")
    assert labelled.exclude(label_ids=[]).count() > 60
    jonas = Contact.objects.get(workspace=workspace, name="Jonas Okafor")
    assert jonas.company
    assert len(jonas.attributes) == 3


def test_the_bell_rings_only_for_what_is_open(demo):
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        notify_of_new_entries()  # on a slow machine
    kinds = {
        name: sorted(
            Notification.objects.visible_to(person(name)).unread().values_list("kind", flat=True)
        )
        for name in ("Alice", "Bob", "Bea")
    }
    assert kinds["Alice"] == []
    assert sum(map(len, kinds.values())) < 8
    mentioned = [name for name, each in kinds.items() if "mentioned" in each]
    assert len(mentioned) == 1


def test_the_shop_greets_and_asks_before_the_first_message(demo, client):
    assert "Not sure which lamp fits?" in client.get(f"/widget/{demo.key}.js").text
    page = client.get(f"/c/{demo.key}/").text
    assert 'name="prechat-email"' in page
