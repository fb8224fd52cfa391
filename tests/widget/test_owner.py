"""A returning visitor who has an owner, where the inbox routes to owners."""

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from outbox.models import Delivery
from routing.models import Routing
from teams.actions.availability import go_away, set_capacity
from teams.actions.membership import remove_member
from tests.conftest import Vera
from tests.widget.test_state import told
from widget.inbox_availability import InboxAvailability


def turn_on(inbox):
    routing = Routing.objects.of(inbox)
    routing.to_owner = True
    routing.save()


@pytest.fixture
def returning(acme, vera):
    """Vera wrote once and was answered; she is Bob's, and comes back with her cookie."""
    conversation = vera.writes("The first time").conversation
    resolve_conversation(conversation, by=acme.bea)
    assign_conversation(conversation, assignee=None, by=acme.bea)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    turn_on(acme.inbox)
    Delivery.objects.all().delete()
    return vera


def outside_hours(membership):
    """Their office hours were on another day of the week."""
    weekday = (timezone.now().weekday() + 3) % 7
    membership.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
    membership.save()


class TestFace:
    """What stands in the window's head before anything is written again."""

    def test_there(self, acme, online, returning):
        online(acme.bob, acme.bea)
        answer = returning.call("messages/")
        assert told(answer) == ("online", "Bob: Send a message to continue.")
        assert 'title="Bob"' in answer.json()["state_html"]
        assert "Bea" not in answer.json()["state_html"]

    @pytest.mark.parametrize("why", ["away", "offline", "hours"])
    def test_not_there(self, acme, online, returning, why):
        online(acme.bea)
        if why != "offline":
            online(acme.bob)
        if why == "away":
            go_away(acme.bob)
        if why == "hours":
            outside_hours(acme.bob)
        words = "Bob: Away right now. Your message will be emailed to Bob."
        assert told(returning.call("messages/")) == ("offline", words)

    def test_busy(self, acme, online, returning):
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        other = Vera(acme.inbox).writes().conversation
        assert other.assignee == acme.bob
        words = "Bob: Busy with other conversations. Your message will still go to Bob."
        assert told(returning.call("messages/")) == ("waiting", words)

    def test_the_inbox_is_closed(self, acme, online, returning):
        online(acme.bob)
        weekday = (timezone.now().weekday() + 3) % 7
        acme.inbox.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
        acme.inbox.save()
        name, words = told(returning.call("messages/"))
        assert name == "offline"
        assert words.startswith("Bob: We're back ")
        assert words.endswith("Your message will be emailed to Bob.")

    def test_it_is_the_owner_also_when_somebody_else_had_the_last_chat(
        self, acme, online, returning
    ):
        online(acme.bob, acme.bea)
        conversation = Conversation.objects.get()
        assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
        assert told(returning.call("messages/"))[1].startswith("Bob:")


class TestNoFace:
    def test_another_visitor_sees_no_owner(self, acme, online, returning, new_visitor):
        online(acme.bea)
        stranger = new_visitor(acme.inbox)
        assert told(stranger.call("messages/")) == ("online", "Acme: We're here. Ask us anything.")
        assert "Bob" not in stranger.posts("Hello").json()["state_html"]

    def test_not_while_the_route_is_off(self, acme, online, returning):
        online(acme.bob)
        Routing.objects.update(to_owner=False)
        assert told(returning.call("messages/"))[0] == "closed"

    def test_not_an_owner_who_has_gone(self, acme, online, returning):
        remove_member(acme.bob, by=acme.alice)
        assert "Bob" not in returning.call("messages/").content.decode()

    def test_not_an_owner_who_may_not_open_the_inbox(self, acme, online, returning):
        acme.inbox.members.filter(membership=acme.bob).delete()
        online(acme.bob)
        assert "Bob" not in returning.call("messages/").content.decode()

    def test_not_an_owner_who_put_it_back(self, acme, online, returning):
        online(acme.bob)
        conversation = Conversation.objects.get()
        returning.posts("Again")
        assign_conversation(conversation, assignee=None, by=acme.bob)
        assert Conversation.objects.get().assignee is None
        assert "Bob" not in told(returning.call("messages/"))[1]

    def test_whoever_has_the_open_conversation_is_shown_instead(self, acme, online, returning):
        online(acme.bob, acme.bea)
        returning.posts("Again")
        assign_conversation(Conversation.objects.get(), assignee=acme.bea, by=acme.alice)
        assert told(returning.call("messages/")) == ("online", "Bea: ")


class TestWhatTheyWrite:
    def test_goes_to_the_owner_who_is_there(self, acme, online, returning):
        online(acme.bob, acme.bea)
        assert told(returning.posts("Again")) == ("online", "Bob: ")
        assert Conversation.objects.get().assignee == acme.bob
        assert not Delivery.objects.exists()

    def test_goes_to_the_owner_who_is_not_there_by_email(self, acme, online, returning):
        online(acme.bea)
        name, words = told(returning.posts("Again"))
        assert (name, words) == (
            "offline",
            "Bob: Away right now. Your message will be emailed to Bob.",
        )
        assert Conversation.objects.get().assignee == acme.bob
        mail = Delivery.objects.get(kind="unanswered")
        assert mail.recipient == acme.bob.user.email


class TestOwnerCost:
    def test_a_visitor_without_owner_costs_no_question_about_routing(
        self, acme, online, vera, django_assert_num_queries
    ):
        contact = vera.writes().conversation.contact
        with django_assert_num_queries(0):
            assert InboxAvailability(acme.inbox).owner_of(contact) is None
        contact.owner = acme.bob
        with django_assert_num_queries(1):
            assert InboxAvailability(acme.inbox).owner_of(contact) is None


def test_a_new_owner_is_shown_to_the_visitor_at_once(acme, online, returning, live_events):
    online(acme.bob, acme.bea)
    contact = Conversation.objects.get().contact
    with live_events.committed():
        set_owner(contact, owner=acme.bea, by=acme.alice)
    [(_name, data)] = live_events.on(contact.live_channel)
    assert told(data["html"])[1].startswith("Bea:")
