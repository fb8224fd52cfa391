"""An agent sorts new conversations with the keyboard alone."""

from playwright.sync_api import expect

from inbox.models import Conversation
from teams.actions.team import save_team

HAS_CAUGHT_UP = """
() => performance.getEntriesByType("resource")
  .some(({ name }) => name.includes("/conversations/rows/"))
"""


def test_new_conversations_are_triaged_with_the_keyboard(
    acme, agents_away, at_desk, new_conversation
):
    save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    save_team(acme.workspace, name="Support", members=[], by=acme.alice)
    for number in range(10):
        new_conversation(f"Question {number}")
    alice = at_desk(acme.alice, view="all")
    bea = at_desk(
        acme.bea, Conversation.objects.get(workspace=acme.workspace, number=1), view="all"
    )
    keyboard = alice.page.keyboard
    for number in range(9, -1, -1):
        keyboard.press("j")
        expect(alice.timeline).to_contain_text(f"Question {number}")
        keyboard.press("l")
        expect(alice.page.get_by_role("combobox", name="Find or create")).to_be_focused()
        keyboard.type("Billing")
        expect(alice.page.locator("#label-menu [data-active]")).to_contain_text("Billing")
        keyboard.press("Enter")
        alice.sees("Alice added the label Billing.")
        keyboard.press("p")
        expect(alice.page.get_by_role("button", name="No priority", exact=True)).to_be_focused()
        keyboard.press("u")
        keyboard.press("Enter")
        alice.sees("Alice set the priority to Urgent.")
        keyboard.press("a")
        alice.sees("Alice took this conversation.")
    keyboard.press("t")
    expect(alice.page.get_by_role("button", name="Sales", exact=True)).to_be_focused()
    keyboard.press("s")
    keyboard.press("Enter")
    alice.sees("Alice set the team to Support.")
    expect(bea.rows.filter(has_text="Billing")).to_have_count(10)
    expect(bea.page.locator("#priority-menu")).to_be_attached()
    details = bea.page.get_by_role("region", name="Details")
    expect(details).to_contain_text("Billing")
    expect(details).to_contain_text("Urgent")
    expect(details).to_contain_text("Support")
    bea.page.get_by_role("button", name="Remove the label Billing").click()
    bea.sees("Bea removed the label Billing.")
    expect(alice.rows.filter(has_text="Billing")).to_have_count(9)
    expect(alice.page.get_by_role("button", name="Remove the label Billing")).to_have_count(0)


def test_after_resolving_a_conversation_the_keys_continue_with_its_neighbours(
    acme, agents_away, at_desk, new_conversation
):
    for number in range(5):
        new_conversation(f"Question {number}", assignee=acme.bob)
    bob = at_desk(acme.bob)
    bob.page.wait_for_function(HAS_CAUGHT_UP)  # which replaces the rows
    keyboard = bob.page.keyboard
    for number in (4, 3, 2):
        keyboard.press("j")
        expect(bob.timeline).to_contain_text(f"Question {number}")
    keyboard.press("e")
    expect(bob.rows).to_have_count(4)
    keyboard.press("j")
    expect(bob.timeline).to_contain_text("Question 1")
    keyboard.press("e")
    expect(bob.rows).to_have_count(3)
    keyboard.press("k")
    expect(bob.timeline).to_contain_text("Question 3")


# Clicks the button in the same moment as the next conversation is shown, as quick keys do.
RESOLVE_AS_SOON_AS_SHOWN = """
() => {
  window.isTheSamePage = true;
  const shown = document.getElementById("conversation").dataset.number;
  new MutationObserver((_, observer) => {
    const conversation = document.getElementById("conversation");
    if (conversation.dataset.number === shown) return;
    observer.disconnect();
    conversation.querySelector("hot-key[key=e] button").click();
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}
"""


def test_a_key_works_from_the_moment_that_a_conversation_is_shown(
    acme, agents_away, at_desk, new_conversation
):
    for number in range(3):
        new_conversation(f"Question {number}", assignee=acme.bob)
    bob = at_desk(acme.bob)
    bob.page.keyboard.press("j")
    expect(bob.timeline).to_contain_text("Question 2")
    bob.page.evaluate(RESOLVE_AS_SOON_AS_SHOWN)
    bob.page.keyboard.press("j")
    bob.sees("Bob resolved this conversation.")
    expect(bob.timeline).to_contain_text("Question 1")
    bob.page.keyboard.press("j")
    expect(bob.timeline).to_contain_text("Question 0")
    assert bob.page.evaluate("window.isTheSamePage")
