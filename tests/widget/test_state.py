"""What a visitor reads about availability matches who would really get the conversation."""

from datetime import UTC, datetime, timedelta
from html import unescape
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import create_inbox, set_inbox_members
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Contact, Conversation
from messagehub.lib import redis
from outbox.actions import queue_delivery
from outbox.models import Delivery
from routing import candidates
from routing.actions.settings import save_availability, save_routing
from routing.models import RotationEntry, Routing, Target
from teams import presence
from teams.actions.availability import set_away, set_capacity, set_reassign_replies
from teams.actions.holidays import set_holidays
from teams.actions.membership import remove_member, suspend_member
from teams.actions.status import publish_status_changes
from teams.actions.team import save_team
from teams.actions.workspace import update_workspace
from teams.hours import Hours
from tests.conftest import COMMITS, Vera
from widget import receivers
from widget.state import state_for
from widget.state_texts import reopening_text
from widget.tasks import sweep_opening_hours

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WEEKDAYS = {"week": [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)]}


def read_state(response):
    """Return the state's name and text from a widget response or from its HTML."""
    html = response if isinstance(response, str) else response.json()["state_html"]
    name = html.partition('data-state="')[2].partition('"')[0]
    headline = html.partition("<h1>")[2].partition("</h1>")[0]
    detail = html.partition("</h1>")[2].partition("</div>")[0]
    text = strip_tags(f"{headline}: {detail}")
    return name, unescape(" ".join(text.split()))


@pytest.fixture
def closed_inbox(acme):
    """An inbox whose opening hours are over."""
    now = timezone.now()
    weekday = (now - timedelta(days=2)).weekday()
    acme.inbox.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
    acme.inbox.save()
    return acme.inbox


class TestBeforeTheFirstMessage:
    def test_an_agent_is_available(self, acme, online, vera):
        online(acme.bob)
        assert read_state(vera.call("messages/")) == (
            "online",
            "Acme: We're here. Ask us anything.",
        )

    def test_only_routing_targets_count(self, acme, online, vera):
        Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea)
        online(acme.bob)
        assert read_state(vera.call("messages/"))[0] == "offline"
        online(acme.bea)
        assert read_state(vera.call("messages/"))[0] == "online"

    def test_targets_outside_the_inbox_do_not_count(self, acme, online, vera):
        Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea)
        acme.inbox.members.filter(membership=acme.bea).delete()
        online(acme.bea)
        assert read_state(vera.call("messages/"))[0] == "offline"

    def test_office_hours_count(self, acme, online, vera):
        yesterday = (timezone.now() - timedelta(days=2)).weekday()
        acme.bob.hours = {"week": [{"day": yesterday, "from": "09:00", "to": "10:00"}]}
        acme.bob.save()
        online(acme.bob)
        assert read_state(vera.call("messages/"))[0] == "offline"

    def test_outside_opening_hours_it_says_when_the_inbox_reopens(
        self, acme, online, vera, closed_inbox
    ):
        online(acme.bob)
        name, words = read_state(vera.call("messages/"))
        assert name == "offline"
        assert words.startswith("Acme: We're back ")
        assert words.endswith("09:00 (UTC). Leave a message any time.")

    def test_all_agents_are_busy(self, acme, online, vera, new_visitor):
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        new_visitor(acme.inbox).writes()
        name, words = read_state(vera.call("messages/"))
        assert (name, words) == (
            "waiting",
            "Acme: All our agents are busy. Send a message to join the queue.",
        )

    def test_in_a_large_inbox_agents_later_in_rotation_count(self, acme, online, vera, monkeypatch):
        monkeypatch.setattr(candidates, "LARGE", 0)
        monkeypatch.setattr(candidates, "MOST_CHECKED", 1)
        online(acme.bob, acme.bea)
        RotationEntry.objects.create(
            workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea, last_assigned_at=9
        )
        set_away(acme.bob)
        assert read_state(vera.call("messages/"))[0] == "online"


class TestWhileWaiting:
    def test_all_agents_are_busy(self, acme, online, vera, new_visitor):
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        new_visitor(acme.inbox).writes()
        name, words = read_state(vera.posts())
        assert Conversation.objects.get(number=2).assignee is None
        assert (name, words) == (
            "waiting",
            "Acme: All our agents are busy. You're in the queue.",
        )

    def test_an_agent_who_released_it_is_not_promised(self, acme, online, vera):
        online(acme.bob)
        vera.posts()
        conversation = Conversation.objects.get()
        assert conversation.assignee == acme.bob
        assign_conversation(conversation, assignee=None, by=acme.bob)
        assert read_state(vera.call("messages/"))[0] == "offline"

    def test_without_redis_agents_are_neither_online_nor_away(self, acme, vera):
        with patch("teams.presence.find_online", return_value=None):
            words = "Acme: We've received your message and will reply."
            assert read_state(vera.posts()) == ("offline", words)


class TestWithAnAssignee:
    @pytest.fixture
    def bobs_conversation(self, acme, online, vera):
        online(acme.bob)
        vera.posts()
        return Conversation.objects.get()

    def test_the_assignee_is_named(self, acme, bobs_conversation, vera):
        assert read_state(vera.call("messages/")) == ("online", "Bob:")

    def test_the_assignees_capacity_does_not_matter(self, acme, bobs_conversation, vera):
        set_capacity(acme.bob, 1, by=acme.alice)
        assert read_state(vera.call("messages/")) == ("online", "Bob:")

    def test_messages_to_an_offline_assignee_are_emailed(
        self, acme, bobs_conversation, offline, vera
    ):
        offline(acme.bob)
        words = "Bob: Away right now. Your message will be emailed to Bob."
        assert read_state(vera.call("messages/")) == ("offline", words)

    def test_an_assignee_without_emails_will_see_it_later(
        self, acme, bobs_conversation, offline, vera
    ):
        acme.bob.email_mine = False
        acme.bob.save()
        offline(acme.bob)
        words = "Bob: Away right now. Bob will see your message later."
        assert read_state(vera.call("messages/")) == ("offline", words)

    def test_an_away_assignee_who_reassigns_replies_may_be_replaced(
        self, acme, bobs_conversation, vera
    ):
        acme.bob.reassign_replies = True
        acme.bob.save()
        set_away(acme.bob)
        words = "Bob: Away right now. Bob or a colleague will reply."
        assert read_state(vera.call("messages/")) == ("offline", words)

    def test_a_resolved_conversation_is_closed_and_shows_its_agent(
        self, acme, bobs_conversation, vera
    ):
        resolve_conversation(bobs_conversation, by=acme.bob)
        words = "Bob: This conversation is closed. Send a message to reopen it."
        assert read_state(vera.call("messages/")) == ("closed", words)


class TestUnknownPresence:
    """Just after Redis was cleared presence is unknown, and no one is reported as away."""

    @pytest.fixture
    def empty_redis(self, acme, online):
        def empty():
            redis.client().flushdb()
            presence.record_heartbeat(acme.alice, "another-tab")

        online(acme.bob)
        publish_status_changes(acme.bob)
        return empty

    def test_of_the_inbox(self, empty_redis, vera):
        empty_redis()
        assert read_state(vera.call("messages/")) == (
            "offline",
            "Acme: Leave a message and we'll get back to you.",
        )

    def test_of_the_assignee(self, acme, empty_redis, vera):
        conversation = vera.writes().conversation
        assert conversation.assignee == acme.bob
        empty_redis()
        words = ("offline", "Bob: Your message will go to Bob.")
        assert read_state(vera.call("messages/")) == words
        Routing.objects.filter(inbox=acme.inbox).update(to_owner=True)
        Contact.objects.update(owner=acme.bob)
        resolve_conversation(conversation, by=acme.bob)
        assert read_state(vera.call("messages/")) == words

    def test_of_the_inbox_while_waiting(self, acme, empty_redis, vera):
        set_capacity(acme.bob, 1, by=acme.alice)
        assign_conversation(Vera(acme.inbox).writes().conversation, assignee=acme.bob)
        vera.writes()
        empty_redis()
        words = "Acme: We've received your message and will reply."
        assert read_state(vera.call("messages/")) == ("offline", words)


class TestEmailAddress:
    def test_the_address_is_requested_once(self, acme, vera):
        assert "email-form" in vera.posts().json()["state_html"]
        response = vera.call("email/", {"email": "vera@x.example"})
        assert "We'll reply to vera@x.example" in response.json()["state_html"]

    def test_a_typo_can_be_corrected(self, acme, vera):
        vera.posts()
        html = vera.call("email/", {"email": "vera@x.exmaple"}).json()["state_html"]
        assert 'value="vera@x.exmaple"' in html.partition("<details")[2]
        html = vera.call("email/", {"email": "vera@x.example"}).json()["state_html"]
        assert "We'll reply to vera@x.example" in html
        assert Contact.objects.get().email == "vera@x.example"

    def test_an_unsubscribed_contact_is_promised_no_email(self, acme, vera):
        vera.posts()
        vera.call("email/", {"email": "vera@x.example"})
        Contact.objects.update(unsubscribed_at=timezone.now())
        html = vera.call("messages/").json()["state_html"]
        assert "vera@x.example" not in html
        assert "email-form" not in html

    def test_no_email_is_promised_where_replies_are_not_emailed(self, acme, vera):
        Routing.objects.filter(inbox=acme.inbox).update(reply_minutes=None)
        assert "email-form" not in vera.posts().json()["state_html"]
        Contact.objects.update(email="vera@x.example")
        assert "vera@x.example" not in vera.call("messages/").json()["state_html"]

    @pytest.mark.parametrize(("reason", "asks"), [("no_mailbox", True), ("sender_refused", False)])
    def test_an_address_that_bounced_is_requested_again(self, acme, vera, reason, asks):
        vera.posts()
        vera.call("email/", {"email": "vera@x.example"})
        conversation = Conversation.objects.get()
        queue_delivery(
            kind="reply",
            to="vera@x.example",
            payload={},
            workspace=acme.workspace,
            about=conversation.pk,
        )
        Delivery.objects.filter(kind="reply").update(state="bounced", reason=reason)
        html = vera.call("messages/").json()["state_html"]
        assert ("email-form" in html and "<details" not in html) == asks
        assert ("deliver an email" in html) == asks
        assert ("We'll reply to" in html) != asks
        html = vera.call("email/", {"email": "vera@y.example"}).json()["state_html"]
        assert "We'll reply to vera@y.example" in html


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "We're back Mon 09:00 (Berlin time)."),
        ("America/Argentina/Buenos_Aires", "We're back Mon 09:00 (Buenos Aires time)."),
        ("UTC", "We're back Mon 09:00 (UTC)."),
        ("Etc/GMT+3", "We're back Mon 09:00 (-03)."),
    ],
)
def test_reopening_times_name_their_time_zone(zone, words):
    hours = Hours.read(WEEKDAYS, zone=ZoneInfo(zone))
    assert reopening_text(hours.closed(SUNDAY), SUNDAY) == words


def test_reopening_today_and_never_have_their_own_sentences():
    hours = Hours.read(WEEKDAYS, zone=ZoneInfo("UTC"))
    early = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert reopening_text(hours.closed(early), early) == "We're back at 09:00 (UTC)."
    off = {"off": [{"first": "2026-01-01", "last": "2028-01-01"}]}
    closed = Hours.read(off, zone=ZoneInfo("UTC")).closed(SUNDAY)
    assert reopening_text(closed, SUNDAY) == "We're closed right now."


class TestStateCost:
    """How many database queries the state takes."""

    def queries(self, function):
        with CaptureQueriesContext(connection) as queries:
            function()
        return len(queries)

    def test_an_assigned_conversation_costs_no_query(self, acme, online, vera):
        online(acme.bob)
        conversation = vera.writes().conversation
        conversation.inbox = acme.inbox
        set_capacity(acme.bob, 5, by=acme.alice)
        assert conversation.assignee.name == "Bob"
        assert self.queries(lambda: state_for(acme.inbox, conversation)) == 0

    def test_the_number_of_agents_costs_no_query(self, acme, online, vera):
        set_capacity(acme.bob, 5, by=acme.alice)
        online(acme.bob)
        one = self.queries(lambda: state_for(acme.inbox, None))
        set_capacity(acme.bea, 5, by=acme.alice)
        online(acme.bea)
        assert self.queries(lambda: state_for(acme.inbox, None)) == one == 4


@COMMITS
class TestLiveStates:
    @pytest.fixture
    def states(self, live_events):
        """Return the states published to a conversation's contact since the last call."""

        def states(conversation):
            sent = live_events.on(conversation.contact_channel)
            live_events.clear()
            return [read_state(data["html"]) for _name, data in sent if data["id"] == "state"]

        return states

    def test_an_assignee_going_offline_and_online_is_published(
        self, acme, online, offline, vera, states
    ):
        online(acme.bob)
        conversation = vera.writes().conversation
        states(conversation)
        offline(acme.bob)
        publish_status_changes(acme.bob)
        assert [name for name, _words in states(conversation)] == ["offline"]
        online(acme.bob)
        publish_status_changes(acme.bob)
        assert [name for name, _words in states(conversation)] == ["online"]

    def test_the_last_agent_going_away_is_published(self, acme, online, vera, new_visitor, states):
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        new_visitor(acme.inbox).writes()
        conversation = vera.writes().conversation
        assert state_for(acme.inbox, conversation).name == "waiting"
        set_away(acme.bob)
        assert states(conversation)[-1][0] == "offline"

    def test_a_reply_publishes_no_state(self, acme, online, vera, states):
        online(acme.bob)
        conversation = vera.writes().conversation
        states(conversation)
        post_reply(conversation, body="Hello", client_id=uuid4(), by=acme.bob)
        assert states(conversation) == []

    def test_the_start_and_end_of_opening_hours_are_published(
        self, acme, online, vera, states, monkeypatch
    ):
        acme.inbox.hours = WEEKDAYS
        acme.inbox.save()
        online(acme.bob)
        set_away(acme.bob)
        conversation = vera.writes().conversation
        zone = acme.workspace.zone

        def seen_at(hour, minute, second=0):
            moment = datetime(2026, 11, 23, hour, minute, second, tzinfo=zone)
            with patch("django.utils.timezone.now", lambda: moment):
                sweep_opening_hours()
            return [words for _name, words in states(conversation)]

        states(conversation)
        assert seen_at(8, 59, 30) == []
        [at_nine] = seen_at(9, 0, 5)
        assert "back" not in at_nine
        assert seen_at(9, 0, 20) == []
        assert seen_at(16, 59, 59) == []
        [at_five] = seen_at(17, 0)
        assert "We're back Tue 09:00" in at_five
        assert seen_at(17, 0, 15) == []

    def test_an_emptied_redis_starts_the_checks_over(self, acme, vera, states, closed_inbox):
        conversation = vera.writes().conversation
        states(conversation)
        for _ in range(2):
            redis.client().flushdb()
            sweep_opening_hours()
        assert states(conversation) == []

    def test_a_chosen_administrator_going_away_is_published(
        self, acme, online, vera, new_visitor, states
    ):
        Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.alice)
        online(acme.alice)
        set_capacity(acme.alice, 1, by=acme.alice)
        new_visitor(acme.inbox).writes()
        conversation = vera.writes().conversation
        assert state_for(acme.inbox, conversation).name == "waiting"
        set_away(acme.alice)
        assert [name for name, _words in states(conversation)] == ["offline"]

    @pytest.fixture
    def queued_conversation(self, acme, online, vera, new_visitor):
        """Vera's conversation is queued because Bob, the only online agent, is at capacity."""
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        other = new_visitor(acme.inbox).writes().conversation
        assign_conversation(other, assignee=acme.bob, by=acme.alice)
        return vera.writes().conversation

    def test_saved_opening_hours_are_published(self, acme, queued_conversation, states):
        states(queued_conversation)
        another_day = (timezone.now() - timedelta(days=2)).weekday()
        hours = {"week": [{"day": another_day, "from": "09:00", "to": "10:00"}]}
        save_availability(acme.inbox, hours=hours, reply_minutes=5, by=acme.alice)
        assert [name for name, _words in states(queued_conversation)] == ["offline"]
        save_availability(acme.inbox, hours={}, reply_minutes=5, by=acme.alice)
        assert [name for name, _words in states(queued_conversation)] == ["waiting"]

    def test_saved_holidays_and_time_zones_are_published(self, acme, queued_conversation, states):
        states(queued_conversation)
        today = timezone.now().date()
        holidays = [{"first": str(today - timedelta(1)), "last": str(today + timedelta(1))}]
        set_holidays(acme.workspace, holidays, by=acme.alice)
        assert [name for name, _words in states(queued_conversation)] == ["offline"]
        set_holidays(acme.workspace, [], by=acme.alice)
        assert [name for name, _words in states(queued_conversation)] == ["waiting"]
        data = {"name": "Acme", "language": "en", "by": acme.alice}
        update_workspace(acme.workspace, time_zone="Asia/Tokyo", **data)
        assert [name for name, _words in states(queued_conversation)] == ["waiting"]

    def test_saved_targets_are_published(self, acme, queued_conversation, states):
        states(queued_conversation)
        bea = Target(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea)
        save_routing(acme.inbox, targets=[bea], by=acme.alice)
        assert [name for name, _words in states(queued_conversation)] == ["offline"]

    def test_reassigned_replies_are_published(self, acme, online, vera, states):
        online(acme.bob, acme.bea)
        conversation = vera.writes().conversation
        set_away(conversation.assignee)
        [(_name, before)] = states(conversation)[-1:]
        assert set_reassign_replies(conversation.assignee, True)
        [(_name, after)] = states(conversation)
        assert before != after
        assert not set_reassign_replies(conversation.assignee, True)
        assert states(conversation) == []

    @pytest.mark.parametrize("how", ["inbox", "removed", "suspended", "team's members"])
    def test_the_last_online_agent_losing_access_is_published(
        self, acme, online, vera, new_visitor, states, how
    ):
        team = save_team(acme.workspace, name="Sales", members=[acme.bob], by=acme.alice)
        if "team" in how:
            Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        other = new_visitor(acme.inbox).writes().conversation
        assign_conversation(other, assignee=acme.bob, by=acme.alice)
        conversation = vera.writes().conversation
        assert state_for(acme.inbox, conversation).name == "waiting"
        if how == "inbox":
            set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
        elif how == "removed":
            remove_member(acme.bob, by=acme.alice)
        elif how == "suspended":
            suspend_member(acme.bob, by=acme.alice)
        elif how == "team's members":
            save_team(acme.workspace, team=team, name="Sales", members=[acme.bea], by=acme.alice)
        assert states(conversation)[-1][0] == "offline"

    def test_a_holiday_is_published_in_every_inbox_no_matter_how_many_wait_in_one(
        self, acme, queued_conversation, new_visitor, live_events, monkeypatch
    ):
        monkeypatch.setattr(receivers, "MAX_VISITORS", 1)
        second = create_inbox(acme.workspace, name="Second", members=[acme.bob])
        later = new_visitor(second).writes().conversation
        live_events.clear()
        today = timezone.now().date()
        holidays = [{"first": str(today - timedelta(1)), "last": str(today + timedelta(1))}]
        set_holidays(acme.workspace, holidays, by=acme.alice)
        for conversation in (queued_conversation, later):
            assert live_events.on(conversation.contact_channel)
