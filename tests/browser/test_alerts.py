"""Alerts: one sound and one notification when a conversation needs an agent who looks elsewhere."""

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from teams.actions.availability import set_available, set_away
from tests.browser.people import Agent
from tests.processes import until

# Records sounds and notifications, because a page in a test can't play them or be in front.
LISTEN = """
window.alerts = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, { body, tag }) {
    alerts.push(`${title} / ${body} / ${tag}`);
    window.latest = this;
  }
  close() {}
};
window.AudioContext = class extends AudioContext {
  constructor() {
    super();
    alerts.push("sound");
  }
};
Document.prototype.hasFocus = () => Boolean(window.front);
"""


@pytest.fixture
def listening(stack, acme, sign_in):
    """Open Bob's desk in a tab that is not in front."""

    def listening():
        page = sign_in(acme.bob).new_page()
        page.add_init_script(LISTEN)
        return Agent(page, f"{stack.app}/w/{acme.workspace.slug}").goes_to()

    return listening


def alerts(desk):
    return desk.page.evaluate("alerts")


def expect_alerts(desk, *wanted):
    assert until(lambda: sorted(alerts(desk)) == sorted(wanted), what=f"{wanted}")


def test_an_assignment_and_a_new_message_alert_the_agent(acme, listening, new_vera):
    bob = listening()
    vera = new_vera()
    name = vera.writes("Do you ship?").conversation.contact.display_name
    expect_alerts(bob, "sound", f"Conversation with {name} assigned to you / Do you ship? / chat-1")
    bob.page.evaluate("alerts.length = 0")
    vera.writes("Hello?")
    expect_alerts(bob, "sound", f"New message from {name} / Hello? / chat-1")
    bob.page.evaluate("latest.onclick()")
    expect(bob.timeline).to_contain_text("Hello?")


def test_nothing_alerts_of_other_agents_in_a_page_in_front_or_once_alerts_are_off(
    acme, listening, new_vera
):
    bob = listening()
    set_away(acme.bob)
    assign_conversation(new_vera().writes("Not for Bob").conversation, assignee=acme.bea)
    set_available(acme.bob)
    bob.page.evaluate("front = true")
    new_vera().writes("In front of Bob")
    expect(bob.rows.filter(has_text="In front of Bob")).to_have_count(1)
    bob.page.wait_for_timeout(600)
    assert alerts(bob) == []

    bob.page.evaluate("front = false")
    bob.page.evaluate(
        "localStorage['messagehub-sound'] = localStorage['messagehub-notifications'] = 'off'"
    )
    new_vera().writes("Quiet, please")
    expect(bob.rows.filter(has_text="Quiet, please")).to_have_count(1)
    bob.page.wait_for_timeout(600)
    assert alerts(bob) == []


def test_alerts_are_set_and_tried_in_the_settings(stack, acme, sign_in):
    page = sign_in(acme.bob, permissions=["notifications"]).new_page()
    page.add_init_script(LISTEN)
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/notifications/")
    sound, shown = page.get_by_label("Play a sound"), page.get_by_label("Show a notification")
    expect(sound).to_be_checked()
    expect(shown).to_be_checked()
    sound.uncheck()
    page.get_by_role("button", name="Try it").click()
    page.wait_for_function("() => alerts.length === 1")
    page.reload()
    expect(page.get_by_label("Play a sound")).not_to_be_checked()
    page.evaluate("Notification.permission = 'denied'")
    shown.uncheck()
    shown.click()
    expect(shown).not_to_be_checked()
    expect(page.get_by_text("Your browser blocks notifications")).to_be_visible()
