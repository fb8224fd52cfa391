"""Routing settings: the agents see their effect at their desks.

Alice changes one in her browser, and test_inbox_settings.py the others.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from playwright.sync_api import expect

from inbox.actions.contact import set_owner
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from outbox.models import Delivery
from routing.models import Routing
from teams.actions.availability import set_away
from teams.models import StatusChange
from tests.conftest import goes_online

MINUTES = timedelta(minutes=6)


@pytest.fixture
def settings_page(stack, acme, sign_in):
    """Open the Routing tab as Alice."""
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/routing/")
    return page


def saves(page):
    page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def change_routing(acme, **fields):
    Routing.objects.filter(inbox=acme.inbox).update(**fields)


@pytest.fixture
def find_conversation(acme):
    """Find a conversation by its last message."""
    mine = Conversation.objects.with_related().filter(inbox=acme.inbox)
    return lambda text: mine.get(preview=text)


def emailed(conversation, kind="unanswered"):
    """Return the recipients of emails about a conversation, sent or pending."""
    found = Delivery.objects.filter(about=conversation.pk, kind=kind)
    return sorted(found.exclude(state="cancelled").values_list("recipient", flat=True))


def pass_six_minutes(acme):
    """Move response timers and statuses back in time."""
    running = Conversation.objects.filter(inbox=acme.inbox).exclude(response_due_at=None)
    running.update(
        response_timer_started_at=F("response_timer_started_at") - MINUTES,
        response_due_at=F("response_due_at") - MINUTES,
    )
    states = StatusChange.objects.filter(workspace=acme.workspace)
    states.update(created_at=F("created_at") - MINUTES)


def test_online_agents_get_conversations_round_robin(acme, at_desk, new_vera):
    bob, bea = at_desk(acme.bob), at_desk(acme.bea)
    for number in range(4):
        new_vera().writes(f"Question {number}")
    expect(bob.rows).to_have_count(2)
    expect(bea.rows).to_have_count(2)


def test_fewest_open_first(acme, at_desk, new_vera):
    change_routing(acme, fewest_open_first=True)
    bob = at_desk(acme.bob)
    for number in range(3):
        new_vera().writes(f"Question {number}")
    expect(bob.rows).to_have_count(3)
    bea = at_desk(acme.bea)
    for number in range(3, 6):
        new_vera().writes(f"Question {number}")
    expect(bea.rows).to_have_count(3)
    expect(bob.rows).to_have_count(3)


def test_a_conversation_that_timed_out_is_reassigned(
    acme, settings_page, at_desk, new_vera, find_conversation
):
    settings_page.get_by_label("Reassign if not answered within").fill("5")
    saves(settings_page)
    bob, bea = at_desk(acme.bob), at_desk(acme.bea)
    new_vera().writes("Tick tock")
    first, second = (
        (bob, bea) if find_conversation("Tick tock").assignee == acme.bob else (bea, bob)
    )
    expect(first.rows.locator("response-due")).to_be_visible()
    expect(second.rows).to_have_count(0)
    pass_six_minutes(acme)
    expect(second.rows.filter(has_text="Tick tock")).to_have_count(1)
    expect(first.rows).to_have_count(0)
    second.opens("Tick tock")
    expect(second.timeline).to_contain_text("didn't answer within 5 minutes")


def test_an_owner_who_timed_out_is_emailed_and_others_get_the_conversation(
    acme, at_desk, new_vera, find_conversation
):
    change_routing(acme, to_owner=True, owner_minutes=5)
    bea = at_desk(acme.bea)
    vera = new_vera()
    vera.writes("Before")
    set_owner(find_conversation("Before").contact, owner=acme.bob, by=acme.alice)
    post_reply(find_conversation("Before"), body="Hi", client_id=uuid4(), by=acme.bea)
    settled = find_conversation("Hi")
    resolve_conversation(settled, by=acme.bea)
    vera.writes("Are you there, Bob?")
    assert find_conversation("Are you there, Bob?").assignee == acme.bob
    expect(bea.rows).to_have_count(0)
    pass_six_minutes(acme)
    expect(bea.rows.filter(has_text="Are you there, Bob?")).to_have_count(1)
    assert emailed(settled, "reassigned") == [acme.bob.user.email]


def test_email_leads_go_round_robin_to_offline_agents_too(
    acme, at_desk, new_vera, find_conversation
):
    change_routing(acme, leads=Routing.Leads.ASSIGN)
    for number in range(2):
        new_vera().writes(f"Lead {number}")
    leads = [find_conversation(f"Lead {number}") for number in range(2)]
    assert {each.assignee for each in leads} == {acme.bob, acme.bea}
    assert [emailed(each) for each in leads] == [[each.assignee.user.email] for each in leads]
    bob = at_desk(acme.bob)
    expect(bob.rows).to_have_count(1)
    bob.opens("Lead")
    expect(bob.timeline).to_contain_text("email lead, next in rotation; no agent is available")


def test_email_leads_can_stay_queued_and_be_emailed_to_all_agents_once(
    acme, at_desk, new_vera, find_conversation
):
    change_routing(acme, leads=Routing.Leads.QUEUE)
    vera = new_vera()
    vera.writes("Anybody?")
    vera.writes("Hello?")
    waiting = find_conversation("Hello?")
    assert waiting.assignee is None
    assert emailed(waiting) == sorted([acme.bob.user.email, acme.bea.user.email])
    bea = at_desk(acme.bea)
    expect(bea.rows.filter(has_text="Hello?")).to_have_count(1)


def test_capacity_is_live_and_the_queue_fills_free_capacity(
    stack, acme, sign_in, at_desk, new_vera, find_conversation
):
    set_away(acme.bea)
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/team/members/{acme.bob.pk}/")
    page.get_by_label("Most open conversations at a time").fill("2")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    bob = at_desk(acme.bob)
    sentence = bob.page.locator("#me-menu .sentence")
    for number, text in enumerate(["Available: 1 of 2 chats", "Busy: 2 of 2 chats"]):
        new_vera().writes(f"Question {number}")
        expect(sentence).to_have_text(text)
    new_vera().writes("One too many")
    expect(bob.rows).to_have_count(2)
    assert find_conversation("One too many").assignee is None
    bob.opens("Question 0")
    bob.page.get_by_role("button", name="Resolve").click()
    expect(bob.rows.filter(has_text="One too many")).to_have_count(1)


def test_without_reassign_replies_a_reply_to_an_away_agent_is_emailed(
    acme, at_desk, new_vera, find_conversation
):
    vera, bob = new_vera(), at_desk(acme.bob)
    vera.writes("Before")
    set_away(acme.bob)
    goes_online(acme.bea)
    vera.writes("And now?")
    expect(bob.rows.filter(has_text="And now?")).to_have_count(1)
    assert find_conversation("And now?").assignee == acme.bob
    assert emailed(find_conversation("And now?")) == [acme.bob.user.email]


def test_a_reply_is_emailed_when_no_one_can_take_it_over(
    acme, at_desk, new_vera, find_conversation
):
    vera, bob = new_vera(), at_desk(acme.bob)
    vera.writes("Before")
    bob.page.locator("#me").click()
    bob.page.get_by_role("switch", name="Away").click()
    bob.page.get_by_role("switch", name="Reassign replies").click()
    expect(bob.page.get_by_role("switch", name="Reassign replies")).to_be_checked()
    vera.writes("And now?")
    assert find_conversation("And now?").assignee == acme.bob
    assert emailed(find_conversation("And now?")) == [acme.bob.user.email]
    assert Routing.objects.of(acme.inbox).leads == Routing.Leads.QUEUE
