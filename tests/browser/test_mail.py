"""Messages that were read are not emailed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Contact, Conversation, Message, ReadMarker
from localmail.models import LocalMail
from outbox.models import Delivery
from tests.processes import until
from tests.teams.trust import make_trusted

HIDDEN = """
  let state = "hidden";
  Object.defineProperty(document, "hidden", { get: () => state === "hidden" });
  Object.defineProperty(document, "visibilityState", { get: () => state });
  window.showTab = () => {
    state = "visible";
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
"""


def conversation_of(acme):
    return Conversation.objects.select_related("workspace").get(inbox=acme.inbox)


@pytest.fixture
def bob_answers(acme):
    def answer(text):
        return post_reply(conversation_of(acme), body=text, client_id=uuid4(), by=acme.bob)

    return answer


def pass_ten_minutes(acme):
    """Make pending emails due for the worker's next sweep."""
    earlier = timezone.now() - timedelta(minutes=10)
    Message.objects.filter(workspace=acme.workspace).update(created_at=earlier)
    Delivery.objects.filter(workspace=acme.workspace, kind="reply").update(next_attempt_at=earlier)


def test_a_visitor_who_left_gets_the_reply_by_email_and_can_unsubscribe(
    stack, acme, agents_away, at_desk, on_website, open_context
):
    make_trusted(acme.workspace)
    email = f"vera@{acme.workspace.slug}.example"
    vera = on_website().open()
    vera.writes("Do you sell lamps?")
    vera.frame.get_by_label("Where can we reach you?").fill(email)
    vera.frame.get_by_role("button", name="Notify me by email").click()
    vera.sees_state(email)
    vera.page.context.close()

    bob = at_desk(acme.bob, conversation_of(acme), view="all")
    bob.replies("Yes, in three sizes.")
    pass_ten_minutes(acme)
    sent = until(lambda: LocalMail.objects.filter(recipient=email).first(), what="the mail")
    assert sent.subject == "Bob from Acme replied to you"

    page = open_context().new_page()
    page.goto(f"{stack.app}/mailbox/{sent.pk}/")
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("Yes, in three sizes.").last).to_be_visible()
    expect(letter.get_by_text("Do you sell lamps?")).to_be_visible()
    back = opened(page, letter.get_by_role("link", name="Reply in the chat"))
    expect(back).to_have_url(stack.website.page(acme.inbox))

    ending = opened(page, letter.get_by_role("link", name="Unsubscribe from emails from Acme"))
    assert not contact(acme).unsubscribed_at
    ending.get_by_role("button", name="Unsubscribe").click()
    expect(ending.get_by_role("heading", name="You're unsubscribed")).to_be_visible()
    assert contact(acme).unsubscribed_at
    ending.get_by_role("button", name="Resubscribe").click()
    expect(ending.get_by_role("button", name="Unsubscribe")).to_be_visible()
    assert not contact(acme).unsubscribed_at


def opened(page, link):
    with page.context.expect_page() as news:
        link.first.click()
    return news.value


def contact(acme):
    return Contact.objects.get(workspace=acme.workspace)


def read_by_contact(acme):
    return conversation_of(acme).contact_read_seq


def test_replies_count_as_read_in_an_open_chat_of_a_tab_that_is_shown(
    acme, agents_away, open_context, on_website, bob_answers
):
    context = open_context()
    context.add_init_script(HIDDEN)
    vera = on_website(context).open()
    vera.writes("Anybody?")
    reply = bob_answers("Me.")
    vera.sees("Me.")
    assert read_by_contact(acme) == 0
    vera.inner_frame().evaluate("showTab()")
    until(lambda: read_by_contact(acme) == reply.seq, what="the shown tab's mark")

    second = bob_answers("And me.")
    vera.sees("And me.")
    until(lambda: read_by_contact(acme) == second.seq, what="the open chat's mark")
    vera.launcher.click()
    third = bob_answers("Still there?")
    expect(vera.launcher).to_contain_text("1")
    assert read_by_contact(acme) == second.seq
    vera.launcher.click()
    until(lambda: read_by_contact(acme) == third.seq, what="the opened chat's mark")


def read_by_bob(acme):
    return ReadMarker.objects.filter(membership=acme.bob).values_list("seq", flat=True).first()


def newest(acme):
    return conversation_of(acme).last_seq


def test_the_desk_marks_messages_as_read_while_the_agent_is_active(
    acme, agents_away, at_desk, new_vera
):
    vera = new_vera()
    vera.writes("One")
    bob = at_desk(acme.bob, view="all")
    assert read_by_bob(acme) is None
    bob.opens("One")
    until(lambda: read_by_bob(acme) == newest(acme), what="the mark of what was opened")

    # After two minutes without activity the agent may have left the open page.
    bob.page.evaluate("Date.now = ((now) => () => now() + 120_000)(Date.now)")
    seen = read_by_bob(acme)
    vera.writes("Two")
    bob.sees("Two")
    bob.page.wait_for_timeout(2_500)
    assert read_by_bob(acme) == seen
    bob.page.mouse.move(300, 300)
    until(lambda: read_by_bob(acme) == newest(acme), what="the mark after a sign of life")


def test_messages_in_a_hidden_desk_do_not_count_as_read(
    stack, acme, agents_away, sign_in, new_vera
):
    conversation = new_vera().writes("One").conversation
    context = sign_in(acme.bob, is_new=True)
    context.add_init_script(HIDDEN)
    page = context.new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/conversations/{conversation.number}/?view=all")
    expect(page.locator('live-desk[data-connection="live"]')).to_be_attached()
    page.wait_for_timeout(2_500)
    assert read_by_bob(acme) is None
    page.evaluate("showTab()")
    until(lambda: read_by_bob(acme) == newest(acme), what="the shown tab's mark")
