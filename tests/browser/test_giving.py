"""What the settings of an inbox do: set by Alice in her browser, seen at Bob's and Bea's desks."""

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
from teams.actions.availability import go_away
from teams.models import StateChange

OWNER = "If a visitor is owned, route their incoming chats to the contact owner"
MINUTES = timedelta(minutes=6)


@pytest.fixture
def settings_page(stack, acme, sign_in):
    """Alice at the Routing tab."""
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/routing/")
    return page


def saves(page):
    page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


@pytest.fixture
def find(acme):
    """The conversation in which this was said last."""
    mine = Conversation.objects.with_people().filter(inbox=acme.inbox)
    return lambda words: mine.get(preview=words)


def mailed(conversation, kind="unanswered"):
    """Whose mail about it waits to go, or went."""
    found = Delivery.objects.filter(about=conversation.pk, kind=kind)
    return sorted(found.exclude(state="cancelled").values_list("recipient", flat=True))


def six_minutes_pass(acme):
    """For whoever waits, and for whoever is there."""
    running = Conversation.objects.filter(inbox=acme.inbox).exclude(answer_by=None)
    running.update(answer_from=F("answer_from") - MINUTES, answer_by=F("answer_by") - MINUTES)
    states = StateChange.objects.filter(workspace=acme.workspace)
    states.update(created_at=F("created_at") - MINUTES)


def test_online_people_get_chats_in_strict_turn(acme, at_desk, new_vera):
    bob, bea = at_desk(acme.bob), at_desk(acme.bea)
    for number in range(4):
        new_vera().writes(f"Question {number}")
    expect(bob.rows).to_have_count(2)
    expect(bea.rows).to_have_count(2)


def test_fewest_open_first(acme, settings_page, at_desk, new_vera):
    settings_page.get_by_label("Fewest open conversations first").check()
    saves(settings_page)
    bob = at_desk(acme.bob)
    for number in range(3):
        new_vera().writes(f"Question {number}")
    expect(bob.rows).to_have_count(3)
    bea = at_desk(acme.bea)
    for number in range(3, 6):
        new_vera().writes(f"Question {number}")
    expect(bea.rows).to_have_count(3)
    expect(bob.rows).to_have_count(3)


def test_who_does_not_answer_in_time_loses_it_to_the_next(
    acme, settings_page, at_desk, new_vera, find
):
    settings_page.get_by_label("Whoever was given a chat has").fill("5")
    saves(settings_page)
    bob, bea = at_desk(acme.bob), at_desk(acme.bea)
    new_vera().writes("Tick tock")
    first, second = (bob, bea) if find("Tick tock").assignee == acme.bob else (bea, bob)
    expect(first.rows.locator("response-due")).to_be_visible()
    expect(second.rows).to_have_count(0)
    six_minutes_pass(acme)
    expect(second.rows.filter(has_text="Tick tock")).to_have_count(1)
    expect(first.rows).to_have_count(0)
    second.opens("Tick tock")
    expect(second.timeline).to_contain_text("did not answer within 5 minutes")


def test_an_owner_who_does_not_answer_loses_it_to_the_pool_and_is_told(
    acme, settings_page, at_desk, new_vera, find
):
    settings_page.get_by_label(OWNER).check()
    settings_page.get_by_label("If the owner does not answer within").fill("5")
    saves(settings_page)
    bea = at_desk(acme.bea)
    vera = new_vera()
    vera.writes("Before")
    set_owner(find("Before").contact, owner=acme.bob, by=acme.alice)
    post_reply(find("Before"), body="Hi", client_id=uuid4(), by=acme.bea)
    settled = find("Hi")
    resolve_conversation(settled, by=acme.bea)
    vera.writes("Are you there, Bob?")
    assert find("Are you there, Bob?").assignee == acme.bob
    expect(bea.rows).to_have_count(0)
    six_minutes_pass(acme)
    expect(bea.rows.filter(has_text="Are you there, Bob?")).to_have_count(1)
    assert mailed(settled, "passed_on") == [acme.bob.user.email]


def test_email_leads_go_to_the_next_in_turn_there_or_not(
    acme, settings_page, at_desk, new_vera, find
):
    settings_page.get_by_label("Give it to the next in turn, online or not").check()
    saves(settings_page)
    for number in range(2):
        new_vera().writes(f"Lead {number}")
    leads = [find(f"Lead {number}") for number in range(2)]
    assert {each.assignee for each in leads} == {acme.bob, acme.bea}
    assert [mailed(each) for each in leads] == [[each.assignee.user.email] for each in leads]
    bob = at_desk(acme.bob)
    expect(bob.rows).to_have_count(1)
    bob.opens("Lead")
    expect(bob.timeline).to_contain_text("email lead, next in turn; nobody is available")


def test_or_they_stay_in_the_queue_and_everybody_gets_one_email(
    acme, settings_page, at_desk, new_vera, find
):
    settings_page.get_by_label("Leave it in the queue and email everybody above once").check()
    saves(settings_page)
    vera = new_vera()
    vera.writes("Anybody?")
    vera.writes("Hello?")
    waiting = find("Hello?")
    assert waiting.assignee is None
    assert mailed(waiting) == sorted([acme.bob.user.email, acme.bea.user.email])
    bea = at_desk(acme.bea)
    expect(bea.rows.filter(has_text="Hello?")).to_have_count(1)


def test_a_limit_fills_up_is_told_everywhere_and_room_is_filled(
    stack, acme, sign_in, at_desk, new_vera, find
):
    go_away(acme.bea)
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/team/members/{acme.bob.pk}/")
    page.get_by_label("Most open conversations at a time").fill("2")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    bob = at_desk(acme.bob)
    sentence = bob.page.locator("#me-menu .sentence")
    for number, words in enumerate(["Available: 1 of 2 chats", "Busy: 2 of 2 chats"]):
        new_vera().writes(f"Question {number}")
        expect(sentence).to_have_text(words)
    new_vera().writes("One too many")
    expect(bob.rows).to_have_count(2)
    assert find("One too many").assignee is None
    bob.opens("Question 0")
    bob.page.get_by_role("button", name="Resolve").click()
    expect(bob.rows.filter(has_text="One too many")).to_have_count(1)


def test_without_reassign_replies_a_reply_stays_and_is_mailed(acme, at_desk, new_vera, find):
    vera, bob = new_vera(), at_desk(acme.bob)
    vera.writes("Before")
    go_away(acme.bob)
    bea = at_desk(acme.bea)
    vera.writes("And now?")
    expect(bob.rows.filter(has_text="And now?")).to_have_count(1)
    expect(bea.rows).to_have_count(0)
    assert mailed(find("And now?")) == [acme.bob.user.email]


def test_with_reassign_replies_and_nobody_else_there_it_stays_and_is_mailed(
    acme, at_desk, new_vera, find
):
    vera, bob = new_vera(), at_desk(acme.bob)
    vera.writes("Before")
    bob.page.locator("#me").click()
    bob.page.get_by_role("switch", name="Away").click()
    bob.page.get_by_role("switch", name="Reassign replies").click()
    expect(bob.page.get_by_role("switch", name="Reassign replies")).to_be_checked()
    vera.writes("And now?")
    assert find("And now?").assignee == acme.bob
    assert mailed(find("And now?")) == [acme.bob.user.email]
    assert Routing.objects.of(acme.inbox).leads == Routing.Leads.QUEUE
