"""A visitor who has gone is answered by email: once, with everything, and only if they want it."""

import json
import re
from datetime import timedelta
from email.utils import parseaddr
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.contact import edit_contact
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read_by_contact
from inbox.actions.resolution import resolve_conversation
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from routing.emails.replies import email_reply_if_unread
from routing.emails.reply import DAY, MOST_EARLIER, limited_until
from routing.models import Routing
from routing.emails.reply_receivers import RESEND_WITHIN
from teams.models import Workspace
from tests.routing.chat import MINUTE, Chat, deliver_all, mails, states
from tests.teams.trust import make_trusted

FEW = 3


def test_an_unread_reply_is_mailed_after_the_minutes_of_the_inbox(chat):
    make_trusted(chat.acme.workspace)
    chat.bob_answers("Yes, in three sizes.")
    chat.pass_time(4 * MINUTE)
    assert mails() == []
    chat.pass_time(MINUTE)
    [message] = mails()
    assert message.to == ["vera@example.com"]
    assert message.subject == "Bob from Acme replied to you"
    body = message.body
    assert body.index("> Yes, in three sizes.") < body.index("so far")
    assert body.index("so far") < body.index("> Do you sell lamps?")
    assert states() == ["sent"]


def test_it_comes_in_the_agents_name_from_our_address(chat, settings):
    settings.DEFAULT_FROM_EMAIL = "MessageHub <chat@hub.example>"
    make_trusted(chat.acme.workspace)
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert parseaddr(message.from_email) == ("Bob from Acme", "chat@hub.example")
    assert message.reply_to == []
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_was_read_in_the_chat_is_not_mailed(chat):
    reply = chat.bob_answers()
    chat.vera.call("reading/", {"seq": reply.seq})
    chat.pass_time(5 * MINUTE)
    assert mails() == []
    assert states() == ["cancelled"]


def test_one_mail_holds_everything_unread(chat):
    chat.bob_answers("Yes.")
    chat.pass_time(3 * MINUTE)
    chat.bob_answers("In three sizes.")
    chat.pass_time(2 * MINUTE)
    [message] = mails()
    assert "> Yes." in message.body
    assert "> In three sizes." in message.body
    chat.pass_time(10 * MINUTE)
    assert len(mails()) == 1


def test_a_young_reply_after_one_that_was_read_waits_for_its_own_minutes(chat):
    chat.bob_answers("First.")
    chat.pass_time(4 * MINUTE)
    mark_read_by_contact(chat.conversation, seq=99)
    chat.bob_answers("Second.")
    chat.pass_time(MINUTE)
    assert mails() == []
    assert states() == ["waiting"]
    chat.pass_time(4 * MINUTE)
    [message] = mails()
    new, _so_far, earlier = message.body.partition("so far")
    assert "> Second." in new
    assert "> First." not in new
    assert "> First." in earlier


def test_what_was_mailed_is_not_new_in_the_next_mail(chat):
    chat.bob_answers("First.")
    chat.pass_time(5 * MINUTE)
    chat.bob_answers("Second.")
    chat.pass_time(5 * MINUTE)
    new = mails()[1].body.partition("so far")[0]
    assert "> Second." in new
    assert "> First." not in new


def test_who_writes_again_has_read_what_stood_above(chat):
    chat.bob_answers("Yes.")
    chat.vera.posts("Thank you!")
    chat.pass_time(5 * MINUTE)
    assert mails() == []


def test_notes_and_activities_are_never_in_it(chat):
    post_note(chat.conversation, body="difficult person", client_id=uuid4(), by=chat.acme.bea)
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    html = message.alternatives[0].content
    for words in ("difficult", "Bea", "round robin", "took this conversation", "Waiting"):
        assert words not in message.body
        assert words not in html


def test_a_link_that_a_visitor_typed_is_none_in_the_email(chat):
    chat.vera.posts("Your account ends today.\nGo to https://evil.example/login <b>now</b>")
    chat.bob_answers("Sorry? Look at https://acme.example/help")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    for part in (message.body, message.alternatives[0].content):
        assert "evil.example" not in part
        assert "https://acme.example/help" in part
    assert "> Go to" in message.body
    assert "<b>now" not in message.alternatives[0].content


def test_a_long_conversation_is_cut(chat):
    for number in range(MOST_EARLIER + 5):
        chat.vera.writes(f"line {number}.")
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert f"last {MOST_EARLIER} entries" in message.body
    assert "> line 4." not in message.body
    assert "> line 5." in message.body


@pytest.mark.parametrize("minutes", [1, 60])
def test_the_minutes_are_the_inboxs(chat, minutes):
    Routing.objects.update(reply_minutes=minutes)
    chat.bob_answers()
    chat.pass_time(minutes * MINUTE - timedelta(seconds=30))
    assert mails() == []
    chat.pass_time(timedelta(seconds=30))
    assert len(mails()) == 1


def test_switched_off_nothing_is_mailed_also_not_what_waited(chat):
    chat.bob_answers()
    Routing.objects.update(reply_minutes=None)
    chat.bob_answers("Another.")
    chat.pass_time(5 * MINUTE)
    assert mails() == []
    assert states() == ["cancelled"]


def test_without_an_address_nothing_is_queued(acme, vera):
    vera.posts("Hello?")
    post_reply(Conversation.objects.get(), body="Yes?", client_id=uuid4(), by=acme.bob)
    assert states() == []


def test_an_address_left_after_the_reply_gets_it_too(acme, vera):
    vera.posts("Hello?")
    chat = Chat(acme, vera)
    chat.bob_answers("Here I am.")
    vera.call("email/", {"email": "vera@example.com"})
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["vera@example.com"]]


def correct(chat, email):
    edit_contact(Contact.objects.get(), name="", email=email, by=chat.acme.bob)


@pytest.mark.parametrize("is_resolved", [False, True])
def test_a_corrected_address_gets_it_and_the_wrong_one_does_not(chat, is_resolved):
    chat.bob_answers()
    if is_resolved:
        resolve_conversation(chat.conversation, by=chat.acme.bob)
    correct(chat, "v@example.com")  # in the transaction: nothing is left to do after it
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["v@example.com"]]
    assert states() == ["cancelled", "sent"]


def test_an_address_that_was_wrong_for_a_while_gets_it(chat):
    chat.bob_answers()
    correct(chat, "v@example.com")
    deliver_due_now()
    correct(chat, "vera@example.com")
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["vera@example.com"]]
    assert states() == ["cancelled", "cancelled", "sent"]


def deliver_due_now():
    Delivery.objects.update(next_attempt_at=timezone.now())
    deliver_all()


def test_what_arrived_two_months_ago_is_not_mailed_to_a_corrected_address(chat):
    chat.bob_answers("You are welcome, bye!")
    chat.pass_time(5 * MINUTE)
    resolve_conversation(chat.conversation, by=chat.acme.bob)
    chat.pass_time(timedelta(days=60))
    correct(chat, "v@example.com")
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["vera@example.com"]]


@pytest.mark.parametrize(
    ("age", "count"), [(RESEND_WITHIN - MINUTE, 1), (RESEND_WITHIN + timedelta(seconds=1), 0)]
)
def test_only_answers_of_the_last_days_follow_a_corrected_address(chat, age, count):
    chat.bob_answers()
    Delivery.objects.update(state="bounced")
    chat.pass_time(age)
    correct(chat, "v@example.com")
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["v@example.com"]] * count


def test_a_deleted_workspace_emails_no_one_and_a_restored_one_what_waited(chat):
    chat.bob_answers()
    Workspace.objects.update(deleted_at=timezone.now())
    chat.pass_time(5 * MINUTE)
    assert states() == ["waiting"]
    Workspace.objects.update(deleted_at=None)
    chat.pass_time(60 * MINUTE)
    assert len(mails()) == 1


def test_the_address_of_now_counts_not_the_one_joined_to_the_conversation(chat):
    """Whoever waited for the conversation's row has read the contact before."""
    conversation = chat.conversation
    Contact.objects.update(email="v@example.com")
    email_reply_if_unread(conversation)
    assert Delivery.objects.get().recipient == "v@example.com"


def test_renaming_a_contact_emails_nothing_again(chat, django_capture_on_commit_callbacks):
    chat.bob_answers()
    Delivery.objects.update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        edit_contact(Contact.objects.get(), name="Vera", email="vera@example.com", by=chat.acme.bob)
    assert states() == ["failed"]


def test_a_resend_of_the_same_reply_queues_one_mail(chat):
    client_id = uuid4()
    for _ in range(2):
        post_reply(chat.conversation, body="Yes.", client_id=client_id, by=chat.acme.bob)
    assert states() == ["waiting"]


@pytest.fixture
def few_a_day(monkeypatch):
    monkeypatch.setattr("routing.emails.reply.MOST_A_DAY", FEW)


def test_so_many_a_day_and_the_rest_the_day_after(chat, few_a_day):
    for number in range(FEW + 3):
        chat.bob_answers(f"Answer {number}.")
        chat.pass_time(5 * MINUTE)
    assert len(mails()) == FEW
    assert states().count("waiting") == 1
    chat.pass_time(DAY)
    last = mails()[-1].body.partition("so far")[0]
    assert len(mails()) == FEW + 1
    for number in range(FEW, FEW + 3):
        assert f"> Answer {number}." in last


def test_so_many_a_day_also_to_one_address_of_many_visitors(chat, new_visitor, few_a_day):
    other = new_visitor(chat.acme.inbox)
    other.posts("Me too")
    other.call("email/", {"email": "vera@example.com"})
    now = timezone.now()
    for number in range(FEW):
        Delivery.objects.create(
            kind="reply",
            key=f"earlier {number}",
            recipient="vera@example.com",
            workspace=chat.acme.workspace,
            about=uuid4(),
            state="sent",
            sent_at=now,
        )
    theirs = Conversation.objects.order_by("-number").first()
    post_reply(theirs, body="Yes.", client_id=uuid4(), by=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    assert mails() == []


def test_an_address_that_sends_them_back_is_left_in_peace_for_a_day(chat):
    chat.bob_answers("One.")
    chat.pass_time(5 * MINUTE)
    Delivery.objects.update(state="bounced", failed_at=timezone.now(), reason="no_mailbox")
    chat.bob_answers("Two.")
    chat.pass_time(5 * MINUTE)
    assert states() == ["bounced", "waiting"]
    Delivery.objects.filter(state="bounced").update(failed_at=timezone.now() - DAY)
    Delivery.objects.filter(state="waiting").update(next_attempt_at=timezone.now())
    deliver_all()
    assert "> One." in mails()[1].body.partition("so far")[0]


def test_a_fault_of_our_own_server_is_no_reason_to_wait_a_day(chat):
    chat.bob_answers("One.")
    Delivery.objects.update(state="failed", failed_at=timezone.now(), reason="unreachable")
    chat.bob_answers("Two.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


MANY = 5000


def test_room_is_looked_for_by_index_not_in_all_mails_of_the_workspace(chat):
    make_trusted(chat.acme.workspace)
    chat.bob_answers()
    delivery = Delivery.objects.get()
    earlier = timezone.now() - timedelta(hours=1)
    Delivery.objects.bulk_create(
        Delivery(
            kind="reply",
            key=f"earlier {number}",
            recipient=f"p{number}@example.com",
            workspace=chat.acme.workspace,
            about=uuid4(),
            state="sent",
            sent_at=earlier,
        )
        for number in range(MANY)
    )
    with CaptureQueriesContext(connection) as asked:
        limited_until(delivery)
    assert len(asked)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_delivery")
        for query in asked.captured_queries:
            if "outbox_delivery" not in query["sql"]:
                continue
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            plan = json.dumps(cursor.fetchone()[0])
            looked_at = re.findall(r'"Rows Removed by Filter": (\d+)', plan)
            assert sum(map(int, looked_at)) < 10, plan
            assert "Seq Scan" not in plan
