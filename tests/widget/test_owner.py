"""A returning visitor with an owner in an inbox that routes to owners."""

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from outbox.models import Delivery
from routing.models import Routing
from teams.actions.availability import set_away, set_capacity
from teams.actions.membership import remove_member
from tests.conftest import Vera
from tests.widget.test_state import read_state
from widget.inbox_availability import InboxAvailability


def turn_on(inbox):
    routing = Routing.objects.of(inbox)
    routing.to_owner = True
    routing.save()


@pytest.fixture
def returning(acme, vera):
    """Vera, whose resolved conversation was Bob's and who is owned by him, returns."""
    conversation = vera.writes("The first time").conversation
    resolve_conversation(conversation, by=acme.bea)
    assign_conversation(conversation, assignee=None, by=acme.bea)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    turn_on(acme.inbox)
    Delivery.objects.all().delete()
    return vera


def set_outside_office_hours(membership):
    """Give the member office hours on a different day."""
    weekday = (timezone.now().weekday() + 3) % 7
    membership.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
    membership.save()


class TestOwnerShown:
    """The state before the visitor writes again."""

    def test_online_owner(self, acme, online, returning):
        online(acme.bob, acme.bea)
        response = returning.call("messages/")
        assert read_state(response) == ("online", "Bob: Send a message to continue.")
        assert 'title="Bob"' in response.json()["state_html"]
        assert "Bea" not in response.json()["state_html"]

    @pytest.mark.parametrize("why", ["away", "offline", "hours"])
    def test_unavailable_owner(self, acme, online, returning, why):
        online(acme.bea)
        if why != "offline":
            online(acme.bob)
        if why == "away":
            set_away(acme.bob)
        if why == "hours":
            set_outside_office_hours(acme.bob)
        words = "Bob: Away right now. Your message will be emailed to Bob."
        assert read_state(returning.call("messages/")) == ("offline", words)

    def test_busy_owner(self, acme, online, returning):
        online(acme.bob)
        set_capacity(acme.bob, 1, by=acme.alice)
        other = Vera(acme.inbox).writes().conversation
        assert other.assignee == acme.bob
        words = "Bob: Busy with other conversations. Your message will still go to Bob."
        assert read_state(returning.call("messages/")) == ("waiting", words)

    def test_closed_inbox(self, acme, online, returning):
        online(acme.bob)
        weekday = (timezone.now().weekday() + 3) % 7
        acme.inbox.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
        acme.inbox.save()
        name, words = read_state(returning.call("messages/"))
        assert name == "offline"
        assert words.startswith("Bob: We're back ")
        assert words.endswith("Your message will be emailed to Bob.")

    def test_the_owner_is_shown_although_a_colleague_had_the_last_conversation(
        self, acme, online, returning
    ):
        online(acme.bob, acme.bea)
        conversation = Conversation.objects.get()
        assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
        assert read_state(returning.call("messages/"))[1].startswith("Bob:")


class TestOwnerNotShown:
    def test_other_visitors_see_no_owner(self, acme, online, returning, new_visitor):
        online(acme.bea)
        stranger = new_visitor(acme.inbox)
        assert read_state(stranger.call("messages/")) == (
            "online",
            "Acme: We're here. Ask us anything.",
        )
        assert "Bob" not in stranger.posts("Hello").json()["state_html"]

    def test_not_while_routing_to_owners_is_off(self, acme, online, returning):
        online(acme.bob)
        Routing.objects.update(to_owner=False)
        assert read_state(returning.call("messages/"))[0] == "closed"

    def test_not_a_removed_owner(self, acme, online, returning):
        remove_member(acme.bob, by=acme.alice)
        assert "Bob" not in returning.call("messages/").content.decode()

    def test_not_an_owner_outside_the_inbox(self, acme, online, returning):
        acme.inbox.members.filter(membership=acme.bob).delete()
        online(acme.bob)
        assert "Bob" not in returning.call("messages/").content.decode()

    def test_not_an_owner_who_released_it(self, acme, online, returning):
        online(acme.bob)
        conversation = Conversation.objects.get()
        returning.posts("Again")
        assign_conversation(conversation, assignee=None, by=acme.bob)
        assert Conversation.objects.get().assignee is None
        assert "Bob" not in read_state(returning.call("messages/"))[1]

    def test_the_assignee_of_the_open_conversation_is_shown_instead(self, acme, online, returning):
        online(acme.bob, acme.bea)
        returning.posts("Again")
        assign_conversation(Conversation.objects.get(), assignee=acme.bea, by=acme.alice)
        assert read_state(returning.call("messages/")) == ("online", "Bea:")


class TestNextMessage:
    def test_goes_to_an_online_owner(self, acme, online, returning):
        online(acme.bob, acme.bea)
        assert read_state(returning.posts("Again")) == ("online", "Bob:")
        assert Conversation.objects.get().assignee == acme.bob
        assert not Delivery.objects.exists()

    def test_is_emailed_to_an_offline_owner(self, acme, online, returning):
        online(acme.bea)
        name, words = read_state(returning.posts("Again"))
        assert (name, words) == (
            "offline",
            "Bob: Away right now. Your message will be emailed to Bob.",
        )
        assert Conversation.objects.get().assignee == acme.bob
        mail = Delivery.objects.get(kind="unanswered")
        assert mail.recipient == acme.bob.user.email


class TestOwnerCost:
    def test_a_visitor_without_owner_costs_no_query(
        self, acme, online, vera, django_assert_num_queries
    ):
        contact = vera.writes().conversation.contact
        with django_assert_num_queries(0):
            assert InboxAvailability(acme.inbox).find_owner(contact) is None
        contact.owner = acme.bob
        with django_assert_num_queries(1):
            assert InboxAvailability(acme.inbox).find_owner(contact) is None


def test_a_new_owner_is_published_to_the_visitor(acme, online, returning, live_events):
    online(acme.bob, acme.bea)
    contact = Conversation.objects.get().contact
    with live_events.committed():
        set_owner(contact, owner=acme.bea, by=acme.alice)
    [(_name, data)] = live_events.on(contact.conversations.get().contact_channel)
    assert read_state(data["html"])[1].startswith("Bea:")
