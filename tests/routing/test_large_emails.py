"""Somebody writes very much: a mail shows the latest of it, and stays small enough to arrive."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import F

from inbox.forms.message import MAX_MESSAGE_LENGTH
from inbox.models import Conversation, Message
from outbox.models import Delivery
from routing.tasks import sweep_waiting
from routing.emails.unread import MOST
from tests.routing.chat import MINUTE, mails
from tests.routing.mails import mailed, pass_time

IN_TEN_MINUTES = 1200  # what the flood limit lets in
REFUSED_BY_SOME = 10_000_000  # bytes: Postfix' limit, if nobody set another


def write_many(conversation, count, *, kind="contact", author=None, letter="x"):
    """Long ones, each with its number in front."""
    conversation.refresh_from_db()
    Message.objects.bulk_create(
        Message(
            workspace=conversation.workspace,
            conversation=conversation,
            contact=conversation.contact if author is None else None,
            author=author,
            seq=conversation.last_seq + 1 + number,
            kind=kind,
            body=f"number {number}. ".ljust(MAX_MESSAGE_LENGTH, letter),
            client_id=uuid4(),
        )
        for number in range(count)
    )
    # All of it before the window in which the flood limit counts.
    more = {name: F(name) + count for name in ("last_seq", "rate_window_seq")}
    Conversation.objects.filter(pk=conversation.pk).update(**more)


def size(message):
    return len(message.message().as_bytes())


def test_a_mail_to_an_agent_shows_the_latest_and_says_how_many_it_leaves_out(acme, lead_to_bob):
    write_many(lead_to_bob, IN_TEN_MINUTES)
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    [message] = mailed("bob")
    assert size(message) < 1_000_000
    assert f"{IN_TEN_MINUTES + 1} new messages" in message.subject  # with the first, «One»
    for part in (message.body, message.alternatives[0].content):
        assert f"{IN_TEN_MINUTES + 1 - MOST} earlier unread messages" in part
        assert f"number {IN_TEN_MINUTES - MOST}." in part
        assert f"number {IN_TEN_MINUTES - 1}." in part
        assert f"number {IN_TEN_MINUTES - MOST - 1}." not in part
    [url] = {line for line in message.body.splitlines() if line.startswith("http")}
    assert message.body.index(url) < message.body.index("number ")


def test_what_it_left_out_is_not_in_the_next_one(acme, vera, lead_to_bob):
    write_many(lead_to_bob, 2 * MOST)
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    vera.writes("One more")
    pass_time(timedelta(minutes=10))
    _first, second = mailed("bob")
    assert "> One more" in second.body
    assert "number" not in second.body
    assert "earlier" not in second.body


def test_a_mail_that_shows_everything_leaves_nothing_out(acme, vera, lead_to_bob):
    for number in range(MOST - 1):
        vera.writes(f"number {number}.")
    pass_time(MINUTE)
    [message] = mailed("bob")
    assert message.body.count("> number") == MOST - 1
    assert "> One" in message.body
    assert "earlier" not in message.body


def test_a_mail_to_a_visitor_shows_the_latest_answers(chat):
    chat.bob_answers("number -1.")
    write_many(chat.conversation, IN_TEN_MINUTES, kind="reply", author=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert size(message) < 1_000_000
    for part in (message.body, message.alternatives[0].content):
        new, _so_far, earlier = part.partition("The conversation so far")
        assert f"{IN_TEN_MINUTES + 1 - MOST} earlier unread messages" in new
        assert f"number {IN_TEN_MINUTES - MOST}." in new
        assert f"number {IN_TEN_MINUTES - MOST - 1}." not in part
        assert "Do you sell lamps?" in earlier
    chat.bob_answers("One more")
    chat.pass_time(5 * MINUTE)
    new = mails()[1].body.partition("The conversation so far")[0]
    assert "> One more" in new
    assert "number" not in new


def test_the_largest_mail_is_one_that_servers_take(chat):
    """Thirty answers and the thirty entries before them, of letters that take most room."""
    write_many(chat.conversation, 2 * MOST, letter="😀")
    chat.bob_answers()
    write_many(chat.conversation, 2 * MOST, kind="reply", author=chat.acme.bob, letter="😀")
    chat.pass_time(5 * MINUTE)
    assert size(mails()[0]) < REFUSED_BY_SOME
    assert Delivery.objects.filter(state="sent").count() == 1
