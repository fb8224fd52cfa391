"""Away, handover and snoozing: what agents do before they leave."""

import re
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.actions.snooze import snooze_conversation
from inbox.models import Conversation
from inbox.snooze_options import snooze_options
from teams.actions.availability import set_available, set_away, set_hours
from teams.models import Membership
from tests.browser.people import PHONE
from tests.processes import until

# As the live updates do when the server has signed out and its response is still on its way.
ENDS_THE_SESSION_BEFORE_THE_RESPONSE = """
    const end = () => document.dispatchEvent(new Event("session-ended"));
    document.addEventListener("submit", () => setTimeout(end));
"""
FAILS = ["Failed to load resource", "Failed to fetch"]


def reloaded(row):
    return type(row).objects.get(pk=row.pk)


def opens_menu(agent):
    agent.page.get_by_role("button", name="Account menu").click()


def switch(agent, name):
    return agent.page.get_by_role("switch", name=name)


def expect_on(control, on=True):
    expect(control).to_have_attribute("aria-checked", str(on).lower())


# --- The two switches in the menu ---


def test_away_and_reassign_replies_are_two_switches_in_the_menu_of_all_pages_of_a_member(
    acme, agents_away, at_desk
):
    alice, there = at_desk(acme.alice), at_desk(acme.alice)
    for page in (alice, there):
        opens_menu(page)
    away, reassign = switch(alice, "Away"), switch(alice, "Reassign replies")
    expect_on(away, on=False)
    expect(reassign).to_be_hidden()
    away.click()
    expect_on(away)
    expect(alice.page.locator("#me-menu .sentence")).to_have_text(re.compile(r"^Away since \d"))
    expect_on(reassign, on=False)
    expect_on(switch(there, "Away"))
    expect_on(switch(there, "Reassign replies"), on=False)
    reassign.click()
    expect_on(reassign)
    expect_on(switch(there, "Reassign replies"))
    until(lambda: reloaded(acme.alice).reassign_replies, what="the choice")
    alice.page.reload()
    opens_menu(alice)
    expect_on(away)
    expect_on(reassign)
    switch(there, "Reassign replies").click()
    expect_on(switch(there, "Reassign replies"), on=False)
    expect_on(reassign, on=False)
    until(lambda: not reloaded(acme.alice).reassign_replies, what="the choice")
    away.click()
    expect_on(away, on=False)
    expect(alice.page.locator("#me-menu .sentence")).to_have_text("Available")
    expect(reassign).to_be_hidden()
    expect_on(switch(there, "Away"), on=False)


def test_the_switch_changes_at_once_goes_back_if_it_fails_and_the_last_click_counts(
    acme, at_desk, console
):
    console.expect(*FAILS)
    bob = at_desk(acme.bob)
    opens_menu(bob)
    away, held = switch(bob, "Away"), []
    for response, text in (
        ({"status": 500, "body": ""}, "Something went wrong"),
        (None, "Can't reach the server"),
    ):
        bob.page.route("**/availability/**", lambda route: held.append(route))
        away.click()
        expect_on(away)  # before the server has answered
        until(lambda: bob.page.title() and held, what="the request")
        if response:
            held.pop().fulfill(**response)
        else:
            held.pop().abort()
        expect(bob.page.locator("#toast")).to_contain_text(text)
        expect_on(away, on=False)
        assert reloaded(acme.bob).away_at is None
        bob.page.unroute("**/availability/**")

    with bob.page.expect_response("**/availability/away/"):
        away.click()
    expect_on(away)
    assert reloaded(acme.bob).away_at
    with bob.page.expect_response("**/availability/away/"):
        away.dblclick()
    expect(bob.page.locator("#me-menu .sentence")).to_contain_text("Away since")
    assert reloaded(acme.bob).away_at
    expect_on(away)


def test_the_other_tab_and_the_desk_follow(acme, at_desk):
    bob = at_desk(acme.bob)
    other = bob.page.context.new_page()
    other.goto(bob.page.url)
    opens_menu(bob)
    switch(bob, "Away").click()
    bar = other.locator(".own-status")
    expect(bar).to_contain_text("Away since")
    bar.get_by_role("button", name="I'm back").click()
    expect(bar).to_be_hidden()
    expect_on(switch(bob, "Away"), on=False)


def test_a_reply_to_an_away_agent_is_reassigned_if_they_chose_so(acme, at_desk, new_vera):
    vera = new_vera()
    conversation = vera.writes("Hello?").conversation
    assign_conversation(conversation, assignee=acme.bob)
    bea = at_desk(acme.bea)
    bob = at_desk(acme.bob)
    opens_menu(bob)
    switch(bob, "Away").click()
    switch(bob, "Reassign replies").click()
    expect_on(switch(bob, "Reassign replies"))
    until(lambda: reloaded(acme.bob).reassign_replies, what="the choice")
    vera.writes("Are you still there?")
    expect(bea.rows.filter(has_text="Are you still there?")).to_be_visible()
    expect(bob.rows).to_have_count(0)


# --- An administrator sets a member away ---


def test_a_member_is_notified_when_an_administrator_sets_them_away(acme, at_desk, sign_in):
    bob = at_desk(acme.bob)
    office = sign_in(acme.alice).new_page()
    office.goto(f"{bob.workspace}/team/members/{acme.bob.pk}/")
    office.get_by_role("button", name="Set away").click()
    expect(bob.page.locator("#toast")).to_have_text("Alice set you to Away.")
    expect(bob.page.locator(".own-status")).to_contain_text("set by Alice")
    opens_menu(bob)
    expect_on(switch(bob, "Away"))
    expect(bob.page.locator("#me-menu .sentence")).to_contain_text("set by Alice")
    expect(office.locator(".states")).to_contain_text("Away, set by Alice")
    office.get_by_role("button", name="Set available").click()
    expect(bob.page.locator("#toast")).to_have_text("Alice ended your Away status.")
    expect_on(switch(bob, "Away"), on=False)
    expect(bob.page.locator(".own-status")).to_be_hidden()


def test_other_pages_show_who_set_the_member_away(acme, stack, sign_in):
    acme.bob.role = acme.alice.role
    acme.bob.save()
    page = sign_in(acme.bob).new_page()
    sentence, toast = page.locator("#me-menu .sentence"), page.locator("#toast")
    paths = ("my/notifications/", "contacts/", "routing/", f"inboxes/{acme.inbox.pk}/routing/")
    for path in paths:
        with page.expect_response("**/live/"):
            page.goto(f"{stack.app}/w/{acme.workspace.slug}/{path}")
        expect(sentence).to_have_text("Available")
        set_away(acme.bob, by=acme.alice)
        expect(toast).to_have_text("Alice set you to Away.")
        expect(sentence).to_contain_text("set by Alice")
        set_available(acme.bob)


def test_the_desk_explains_that_the_agent_is_outside_office_hours(acme, at_desk):
    bob = at_desk(acme.bob)
    strip = bob.page.locator(".own-status")
    expect(strip).to_be_hidden()
    off = [{"first": "2020-01-01", "last": "2099-12-31", "name": ""}]
    set_hours(acme.bob, hours={"off": off}, time_zone="", by=acme.bob)
    expect(strip).to_contain_text("Offline: day off")
    expect(strip.get_by_role("button", name="I'm back")).to_be_hidden()


# --- Handing over ---


def open_handover_page(agent):
    opens_menu(agent)
    agent.page.get_by_role("link", name="Hand over conversations").click()
    expect(agent.page.get_by_role("heading", name="Hand over your conversations")).to_be_visible()


def chooses(agent, conversation, option):
    row = agent.page.locator("li").filter(has_text=f"#{conversation.number}")
    row.get_by_role("combobox").select_option(label=option)


def clicks(agent, name):
    agent.page.get_by_role("button", name=name, exact=True).click()


def holders(*conversations):
    return [reloaded(each).assignee for each in conversations]


def test_going_away_offers_a_handover_with_four_actions_and_undo(
    acme, at_desk, new_conversation, agents_away
):
    kept, queued, given, snoozed = (
        new_conversation(text, assignee=acme.bob) for text in ("Keep", "Queue", "Give", "Snooze")
    )
    Membership.objects.filter(pk=acme.bob.pk).update(away_at=None)
    bob = at_desk(acme.bob)
    opens_menu(bob)
    expect(bob.page.get_by_role("link", name="Hand over conversations")).to_be_hidden()
    switch(bob, "Away").click()
    expect(bob.page.get_by_role("link", name="Hand over conversations")).to_contain_text("4")
    bob.page.keyboard.press("Escape")
    open_handover_page(bob)
    chooses(bob, queued, "Return to the queue")
    chooses(bob, given, "Bea")
    page_row = bob.page.locator("li").filter(has_text=f"#{snoozed.number}")
    page_row.get_by_role("combobox").select_option(value="snooze")
    clicks(bob, "Hand over")
    bar = bob.page.locator(".undo")
    expect(bar).to_contain_text("3 conversations handed over.")
    assert holders(kept, queued, given, snoozed) == [acme.bob, None, acme.bea, acme.bob]
    assert reloaded(snoozed).is_snoozed
    bob.expect_live()
    expect(bob.rows).to_have_count(1)
    bar.get_by_role("button", name="Undo").click()
    expect(
        bob.page.get_by_role("heading", name="Undone: 3 of 3 conversations returned")
    ).to_be_visible()
    assert holders(kept, queued, given, snoozed) == [acme.bob] * 4
    assert reloaded(snoozed).is_open
    bob.goes_to()
    expect(bob.rows).to_have_count(4)
    expect(bar).to_have_count(0)


def test_all_get_one_action_at_once_and_undo_leaves_those_that_were_answered_meanwhile(
    acme, agents_away, at_desk, new_conversation
):
    answered, *silent = (
        new_conversation(text, assignee=acme.bob) for text in ("Answered", "Silent", "Also silent")
    )
    bob = at_desk(acme.bob)
    open_handover_page(bob)
    bob.page.get_by_label("All conversations:").select_option(label="Bea")
    for number in range(3):
        each = bob.page.locator("li select").nth(number)
        expect(each).to_have_value(str(acme.bea.pk))
    clicks(bob, "Hand over")
    expect(bob.page.locator(".undo")).to_contain_text("3 conversations handed over.")
    assert holders(answered, *silent) == [acme.bea] * 3
    post_reply(answered, body="I have it", client_id=uuid4(), by=acme.bea)
    bob.page.locator(".undo").get_by_role("button", name="Undo").click()
    panel = bob.page.locator(".undone")
    expect(panel).to_contain_text("Undone: 2 of 3 conversations returned to you")
    row = panel.get_by_role("listitem").filter(has_text=f"#{answered.number}")
    expect(row).to_contain_text("Someone else has worked on it since")
    assert holders(answered, *silent) == [acme.bea, acme.bob, acme.bob]


def test_signing_out_goes_through_the_page_first(
    acme, agents_away, at_desk, new_conversation, console
):
    console.expect("401 (Unauthorized)")  # what a page asked for live while it was signed out
    conversation = new_conversation("Before you go", assignee=acme.bob)
    bob = at_desk(acme.bob)
    opens_menu(bob)
    clicks(bob, "Sign out")
    expect(bob.page.get_by_role("heading", name="Before you sign out")).to_be_visible()
    bob.page.get_by_role("link", name="Stay signed in").click()
    bob.expect_live()
    opens_menu(bob)
    clicks(bob, "Sign out")
    chooses(bob, conversation, "Bea")
    bob.page.evaluate(ENDS_THE_SESSION_BEFORE_THE_RESPONSE)
    clicks(bob, "Hand over and sign out")
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(bob.page.get_by_text("One conversation was handed over")).to_be_visible()
    assert holders(conversation) == [acme.bea]
    bob.page.goto(f"{bob.workspace}/conversations/")
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_keeping_everything_and_signing_out_takes_one_more_click(
    acme, agents_away, at_desk, new_conversation, console
):
    console.expect("401 (Unauthorized)")  # what a page asked for live while it was signed out
    conversation = new_conversation("I stay with Bob", assignee=acme.bob)
    bob = at_desk(acme.bob)
    opens_menu(bob)
    clicks(bob, "Sign out")
    clicks(bob, "Keep all and sign out")
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert holders(conversation) == [acme.bob]


def test_the_handover_fits_on_a_phone(acme, agents_away, at_desk, new_conversation):
    new_conversation(
        "A rather long question that does not fit into one line of a phone", assignee=acme.bob
    )
    bob = at_desk(acme.bob, **PHONE)
    bob.page.goto(f"{bob.workspace}/handover/")
    expect(bob.page.get_by_role("button", name="Hand over", exact=True)).to_be_visible()
    widths = bob.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


# --- Snoozing ---


def test_snoozing_and_waking_are_live(acme, agents_away, at_desk, new_conversation):
    conversation = new_conversation("Not today", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation)
    bea = at_desk(acme.bea, conversation, view="all")
    bob.sees_counts(mine=1, all=1)
    bob.page.get_by_role("button", name="Snooze", exact=True).first.click()
    bob.page.get_by_role("button", name="Tomorrow morning").click()
    for agent in (bob, bea):
        expect(agent.rows).to_have_count(0)
        expect(agent.page.get_by_text("Snoozed until")).to_be_visible()
        expect(agent.page.get_by_role("button", name="Unsnooze")).to_be_visible()
        expect(agent.page.get_by_role("button", name="Resolve")).to_be_visible()
        agent.sees("Bob snoozed this conversation.")
    bob.sees_counts(mine=0, all=0)
    bob.page.locator("#status-snoozed").click()
    expect(bob.rows).to_contain_text("until")
    bea.page.get_by_role("button", name="Unsnooze").click()
    expect(bob.rows).to_have_count(0)
    expect(bea.rows).to_have_count(1)
    bob.sees_counts(mine=1, all=1)
    bob.sees("Bea ended the snooze.")
    assert reloaded(conversation).is_open


def test_snoozing_until_a_custom_time_by_keyboard(acme, agents_away, at_desk, new_conversation):
    conversation = new_conversation("In a while", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation, timezone_id="Asia/Tokyo")
    bob.page.keyboard.press("z")
    menu = bob.page.locator("#snooze-menu")
    expect(menu).to_be_visible()
    expect(menu.locator(".item").first).to_be_focused()
    bob.page.keyboard.press("ArrowDown")
    expect(menu.locator(".item").nth(1)).to_be_focused()
    moment = snooze_options(acme.bob)[-1].until.replace(minute=15, second=0, microsecond=0)
    on_my_clock = moment.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M")
    menu.get_by_label("Custom date and time").fill(on_my_clock)
    menu.get_by_role("button", name="Snooze").click()
    expect(bob.page.get_by_text("Snoozed until")).to_be_visible()
    expect(menu).to_be_hidden()
    assert reloaded(conversation).snoozed_until == moment
    bob.page.keyboard.press("z")
    expect(bob.page.get_by_role("button", name="Snooze", exact=True).first).to_be_visible()
    assert reloaded(conversation).is_open


def test_a_visitors_message_or_the_time_wakes_a_snoozed_conversation(
    acme, agents_away, at_desk, new_vera
):
    vera = new_vera()
    conversation = vera.writes("Later is fine").conversation
    assign_conversation(conversation, assignee=acme.bob)
    until_then = snooze_options(acme.bob)[-1].until
    snooze_conversation(conversation, until=until_then, by=acme.bob)
    bob = at_desk(acme.bob, conversation)
    expect(bob.rows).to_have_count(0)
    vera.writes("Now is better")
    expect(bob.rows).to_contain_text("Now is better")
    bob.sees("Now is better")
    expect(bob.page.get_by_role("button", name="Snooze", exact=True).first).to_be_visible()

    snooze_conversation(conversation, until=until_then, by=acme.bob)
    expect(bob.rows).to_have_count(0)
    Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=acme.bob.created_at)
    expect(bob.rows).to_contain_text("Now is better", timeout=60_000)
