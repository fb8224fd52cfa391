"""Contact owners, response timers and the reason why a conversation is queued."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.change import changing
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from routing.models import Routing
from routing.tasks import sweep_waiting
from teams.actions.availability import set_available, set_away
from teams.actions.status import publish_status_changes
from tests.browser.people import choose
from tests.conftest import goes_online

ABSENT = "Away right now. Your message will be emailed to Bob."


def conversation_of(acme):
    return Conversation.objects.with_related().get(inbox=acme.inbox)


def emailed_about(conversation):
    """Return the recipients of emails about a conversation, sent or pending."""
    found = Delivery.objects.filter(about=conversation.pk, kind="unanswered")
    return set(found.exclude(state="cancelled").values_list("recipient", flat=True))


@pytest.fixture
def routed_to_owners(acme):
    routing = Routing.objects.of(acme.inbox)
    routing.to_owner = True
    routing.save()


@pytest.fixture
def vera(acme, agents_away, routed_to_owners, on_website):
    """Open the chat of a visitor who has written before and is owned by Bob."""
    vera = on_website().open()
    vera.writes("The first time")
    conversation = conversation_of(acme)
    post_reply(conversation, body="Answered.", client_id=uuid4(), by=acme.bea)
    resolve_conversation(conversation, by=acme.bea)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    set_available(acme.bea)
    return vera


def chat_header(vera):
    return vera.frame.locator("#state")


def sees_face(vera, name, text=None):
    """Check the name, the face and the line below them. There is no line without a text."""
    expect(chat_header(vera).locator("h1")).to_have_text(name)
    expect(chat_header(vera).locator(".face")).to_have_attribute("title", name)
    expect(chat_header(vera).locator("p")).to_have_text([text] if text else [])


class TestOwnersPath:
    """Bea is online, and the conversation is Bob's all the same."""

    @pytest.fixture(autouse=True)
    def _bea_is_online(self, acme, vera):
        goes_online(acme.bea)

    def test_online(self, acme, vera, at_desk):
        set_available(acme.bob)
        bob = at_desk(acme.bob)
        vera.reload()
        sees_face(vera, "Bob", "Send a message to continue.")
        vera.writes("Here I am again")
        sees_face(vera, "Bob")
        expect(bob.rows.filter(has_text="Here I am again")).to_have_count(1)
        assert conversation_of(acme).assignee == acme.bob
        bob.opens("Here I am again")
        expect(bob.entries.last).to_contain_text("Assigned to Bob: owner of this contact")
        assert emailed_about(conversation_of(acme)) == set()

    def test_away(self, acme, vera, at_desk):
        bob = at_desk(acme.bob)
        vera.reload()
        sees_face(vera, "Bob", ABSENT)
        vera.writes("Here I am again")
        sees_face(vera, "Bob", ABSENT)
        expect(bob.rows.filter(has_text="Here I am again")).to_have_count(1)
        assert conversation_of(acme).assignee == acme.bob
        assert emailed_about(conversation_of(acme)) == {acme.bob.user.email}
        bob.opens("Here I am again")
        expect(bob.timeline).to_contain_text("owner of this contact (away), emailed")
        set_available(acme.bob)
        sees_face(vera, "Bob")

    def test_outside_office_hours(self, acme, vera, at_desk):
        set_available(acme.bob)
        weekday = (timezone.now().weekday() + 3) % 7
        acme.bob.refresh_from_db()
        acme.bob.hours = {"week": [{"day": weekday, "from": "09:00", "to": "10:00"}]}
        acme.bob.save()
        bob = at_desk(acme.bob)
        expect(bob.page.locator("[data-member] .sentence").first).to_be_attached()
        vera.reload()
        sees_face(vera, "Bob", ABSENT)
        vera.writes("Here I am again")
        expect(bob.rows.filter(has_text="Here I am again")).to_have_count(1)
        assert conversation_of(acme).assignee == acme.bob
        assert emailed_about(conversation_of(acme)) == {acme.bob.user.email}
        bob.opens("Here I am again")
        expect(bob.timeline).to_contain_text("(outside office hours), emailed")

    def test_other_visitors_see_no_owner(self, acme, vera, on_website):
        set_available(acme.bob)
        goes_online(acme.bob)
        stranger = on_website().open()
        expect(chat_header(stranger).locator("h1")).to_have_text("Acme")
        stranger.writes("I have no owner")
        conversation = Conversation.objects.get(inbox=acme.inbox, preview="I have no owner")
        assert conversation.assignee is not None
        assert Contact.objects.get(pk=conversation.contact_id).owner is None


class TestSettingTheOwner:
    def test_it_is_saved_at_once_and_seen_by_all(self, acme, vera, at_desk):
        conversation = conversation_of(acme)
        alice = at_desk(acme.alice, conversation, view="all")
        bea = at_desk(acme.bea, conversation, view="all")
        for agent in (alice, bea):
            expect(owner_of(agent).locator("option:checked")).to_have_text("Bob")
        choose(owner_of(alice), "Bea")
        expect(owner_of(bea).locator("option:checked")).to_have_text("Bea")
        sees_face(vera, "Bea", "Send a message to continue.")
        alice.page.reload()
        expect(owner_of(alice).locator("option:checked")).to_have_text("Bea")
        vera.writes("Whose am I?")  # an open conversation notes the change
        alice.sees("Whose am I?")
        choose(owner_of(alice), "Bob")
        alice.sees("Alice made Bob this contact's owner.")


def owner_of(agent):
    return agent.page.get_by_label("Owner")


def is_redirect(response):
    return response.status == 302 and response.url.endswith("/details/")


class TestContacts:
    def test_contacts_are_searched_edited_and_link_to_the_desk(
        self, acme, agents_away, new_vera, at_desk, console
    ):
        console.expect("400")
        new_vera().writes("Do you deliver?")
        new_vera().writes("A different person")
        first = Conversation.objects.get(inbox=acme.inbox, preview="Do you deliver?")
        bob = at_desk(acme.bob, first, view="all")
        watching = at_desk(acme.bea, view="all")
        bob.page.get_by_role("region", name="Contact").get_by_role("link", name="Open").click()
        expect(bob.page).to_have_url(re.compile("/contacts/"))  # the desk has a field "Name", too
        bob.page.get_by_label("Name", exact=True).fill("Vera Ito")
        bob.page.get_by_label("Email").fill("nonsense")
        with bob.page.expect_response(is_redirect):  # the refused form's page catches up
            bob.page.get_by_role("button", name="Save").click()
        expect(bob.page.locator(".errorlist")).to_contain_text("Enter a valid email address.")
        expect(bob.page.get_by_label("Name", exact=True)).to_have_value("Vera Ito")
        bob.page.get_by_label("Email").fill("Vera@Ito.example")
        bob.page.get_by_role("button", name="Save").click()
        expect(bob.page.get_by_role("heading", level=1)).to_have_text("Vera Ito")
        expect(watching.rows.filter(has_text="Vera Ito")).to_have_count(1)
        bob.page.get_by_role("link", name="Contacts").first.click()
        rows = bob.page.locator("tbody tr")
        expect(rows).to_have_count(2)
        bob.page.get_by_label("Name, email, phone or company").fill("vera@")
        bob.page.get_by_role("button", name="Filter").click()
        expect(rows).to_have_count(1)
        rows.get_by_role("link").click()
        bob.page.get_by_role("link", name=re.compile("Do you deliver")).click()
        expect(bob.page.locator("#conversation-title")).to_have_text("Vera Ito")


class TestTimer:
    def starts(self, conversation, *, ago, left):
        """Start the timer as routing does: on the locked row, and published."""
        now = timezone.now()
        with changing(conversation) as change:
            change.conversation.response_timer_started_at = now - timedelta(seconds=ago)
            change.conversation.response_due_at = now + timedelta(seconds=left)
            change.touch()

    @pytest.fixture
    def conversation(self, acme, agents_away, new_vera):
        conversation = new_vera().writes("Tick tock").conversation
        assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
        return Conversation.objects.with_related().get(pk=conversation.pk)

    def test_it_is_shown_and_warns_once(self, acme, conversation, at_desk):
        bob = at_desk(acme.bob, conversation, has_clock=True)
        row, strip = bob.rows.locator("response-due"), bob.page.locator(".due response-due")
        expect(strip).to_be_hidden()
        self.starts(conversation, ago=40, left=30)
        expect(row).to_have_text(re.compile(r"^answer by \d"))
        expect(strip).to_have_text(re.compile(r"^answer by \d"))
        bob.page.clock.fast_forward(12_000)
        expect(row).to_have_attribute("data-soon", "")
        expect(strip).to_have_text(re.compile(r"^\d+ sec left$"))
        toast = bob.page.locator("#toast")
        expect(toast).to_contain_text("is waiting. Answer within")
        expect(toast).to_have_role("status")
        bob.page.clock.fast_forward(12_000)
        expect(toast).to_be_hidden()
        self.starts(conversation, ago=40, left=40)  # a new timer warns again
        expect(toast).to_contain_text("is waiting. Answer within")
        bob.page.clock.fast_forward(20_000)
        expect(row).to_be_hidden()
        expect(strip).to_be_hidden()

    def test_the_warning_does_not_depend_on_what_the_desk_shows(self, acme, conversation, at_desk):
        bob, bea = at_desk(acme.bob, view="unassigned"), at_desk(acme.bea, view="all")
        self.starts(conversation, ago=100, left=20)
        expect(bob.page.locator("#toast")).to_contain_text("is waiting. Answer within")
        expect(bea.rows.locator("response-due")).to_have_attribute("data-soon", "")
        expect(bea.page.locator("#toast")).to_be_hidden()

    def test_answering_in_time_ends_it(self, acme, conversation, at_desk):
        bob = at_desk(acme.bob, conversation)
        self.starts(conversation, ago=10, left=600)
        expect(bob.rows.locator("response-due")).to_be_visible()
        bob.replies("In time.")
        expect(bob.rows.locator("response-due")).to_have_count(0)
        expect(bob.page.locator(".due response-due")).to_be_hidden()


class TestQueue:
    def test_a_queued_conversation_shows_the_current_reason(
        self, acme, agents_away, new_vera, at_desk
    ):
        routing = Routing.objects.of(acme.inbox)
        routing.leads = routing.Leads.QUEUE
        routing.save()
        new_vera().writes("Anybody?")
        alice = at_desk(acme.alice, conversation_of(acme), view="unassigned", has_clock=True)
        reason = alice.page.locator("waiting-reason")
        expect(reason).to_contain_text("No agent is available yet: 2 away.")
        reason.get_by_text("Why?").click()
        for name in ("Bea", "Bob"):
            candidate = reason.locator(".decision li").filter(has_text=name)
            expect(candidate).to_contain_text("away")
        set_available(acme.bea)  # she has no page open
        publish_status_changes(acme.bea)
        sweep_waiting()  # stores the new reason, which the page loads twice a minute
        alice.page.clock.fast_forward(30_000)
        expect(reason).to_contain_text("1 away, 1 offline")
        set_away(acme.bea)
        alice.assigns_to("Bea")
        expect(reason).to_be_hidden()
