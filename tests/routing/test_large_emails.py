"""An email about very many messages shows the latest and stays small enough to arrive."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import F

from inbox.forms.message import MAX_MESSAGE_LENGTH
from inbox.models import Conversation, Message
from outbox.models import Delivery
from routing.emails.unread import MAX_SHOWN
from routing.tasks import sweep_waiting
from tests.routing.chat import MINUTE, mails
from tests.routing.mails import mailed, pass_time

IN_TEN_MINUTES = 1200  # what the rate limit allows
REFUSED_BY_SOME = 10_000_000  # bytes, the default limit of Postfix


def write_many(conversation, count, *, kind="contact", author=None, letter="x"):
    """Create long messages that start with their number."""
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
    # They are older than the window in which the rate limit counts.
    more = {name: F(name) + count for name in ("last_seq", "rate_window_seq")}
    Conversation.objects.filter(pk=conversation.pk).update(**more)


def size(message):
    return len(message.message().as_bytes())


def test_an_agent_email_shows_the_latest_and_counts_the_others(acme, lead_to_bob):
    write_many(lead_to_bob, IN_TEN_MINUTES)
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    [message] = mailed("bob")
    assert size(message) < 1_000_000
    assert f"{IN_TEN_MINUTES + 1} new messages" in message.subject  # with the first one
    for part in (message.body, message.alternatives[0].content):
        assert f"{IN_TEN_MINUTES + 1 - MAX_SHOWN} earlier unread messages" in part
        assert f"number {IN_TEN_MINUTES - MAX_SHOWN}." in part
        assert f"number {IN_TEN_MINUTES - 1}." in part
        assert f"number {IN_TEN_MINUTES - MAX_SHOWN - 1}." not in part
    [url] = {line for line in message.body.splitlines() if line.startswith("http")}
    assert message.body.index(url) < message.body.index("number ")


def test_omitted_messages_are_not_in_the_next_email(acme, vera, lead_to_bob):
    write_many(lead_to_bob, 2 * MAX_SHOWN)
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    vera.writes("One more")
    pass_time(timedelta(minutes=10))
    _first, second = mailed("bob")
    assert "> One more" in second.body
    assert "number" not in second.body
    assert "earlier" not in second.body


def test_a_short_email_omits_nothing(acme, vera, lead_to_bob):
    for number in range(MAX_SHOWN - 1):
        vera.writes(f"number {number}.")
    pass_time(MINUTE)
    [message] = mailed("bob")
    assert message.body.count("> number") == MAX_SHOWN - 1
    assert "> One" in message.body
    assert "earlier" not in message.body


def test_a_reply_email_shows_the_latest_replies(chat):
    chat.bob_answers("number -1.")
    write_many(chat.conversation, IN_TEN_MINUTES, kind="reply", author=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert size(message) < 1_000_000
    for part in (message.body, message.alternatives[0].content):
        new, _so_far, earlier = part.partition("The conversation so far")
        assert f"{IN_TEN_MINUTES + 1 - MAX_SHOWN} earlier unread messages" in new
        assert f"number {IN_TEN_MINUTES - MAX_SHOWN}." in new
        assert f"number {IN_TEN_MINUTES - MAX_SHOWN - 1}." not in part
        assert "Do you sell lamps?" in earlier
    chat.bob_answers("One more")
    chat.pass_time(5 * MINUTE)
    new = mails()[1].body.partition("The conversation so far")[0]
    assert "> One more" in new
    assert "number" not in new


def test_the_largest_email_is_accepted_by_mail_servers(chat):
    """Thirty replies and the thirty messages before them, in letters of the largest size."""
    write_many(chat.conversation, 2 * MAX_SHOWN, letter="😀")
    chat.bob_answers()
    write_many(chat.conversation, 2 * MAX_SHOWN, kind="reply", author=chat.acme.bob, letter="😀")
    chat.pass_time(5 * MINUTE)
    assert size(mails()[0]) < REFUSED_BY_SOME
    assert Delivery.objects.filter(state="sent").count() == 1
