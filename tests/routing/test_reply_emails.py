"""Contacts who left the chat get replies by email: once, complete, and only if they want."""

import json
import re
from datetime import timedelta
from email.utils import parseaddr
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read_by_contact
from inbox.actions.resolution import resolve_conversation
from inbox.actions.revision import delete_message, edit_message
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from routing.emails.replies import email_reply_if_unread
from routing.emails.reply import DAY, MAX_EARLIER, limited_until
from routing.emails.reply_receivers import RESEND_WITHIN
from routing.models import Routing
from teams.models import Workspace
from tests.routing.chat import MINUTE, Chat, deliver_all, mails, states
from tests.teams.trust import make_trusted

FEW = 3
CODE = "    if (x) {\n        return 1;\n    }"


def test_an_unread_reply_is_emailed_after_the_delay(chat):
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


def test_it_has_the_agents_name_and_our_address(chat, settings):
    settings.DEFAULT_FROM_EMAIL = "MessageHub <chat@hub.example>"
    make_trusted(chat.acme.workspace)
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert parseaddr(message.from_email) == ("Bob from Acme", "chat@hub.example")
    assert message.reply_to == []
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_reply_read_in_the_chat_is_not_emailed(chat):
    reply = chat.bob_answers()
    chat.vera.call("read/", {"seq": reply.seq})
    chat.pass_time(5 * MINUTE)
    assert mails() == []
    assert states() == ["cancelled"]


def test_one_email_has_everything_unread(chat):
    chat.bob_answers("Yes.")
    chat.pass_time(3 * MINUTE)
    chat.bob_answers("In three sizes.")
    chat.pass_time(2 * MINUTE)
    [message] = mails()
    assert "> Yes." in message.body
    assert "> In three sizes." in message.body
    chat.pass_time(10 * MINUTE)
    assert len(mails()) == 1


def test_a_reply_after_a_read_one_has_its_own_delay(chat):
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


def test_an_emailed_reply_is_not_new_in_the_next_email(chat):
    chat.bob_answers("First.")
    chat.pass_time(5 * MINUTE)
    chat.bob_answers("Second.")
    chat.pass_time(5 * MINUTE)
    new = mails()[1].body.partition("so far")[0]
    assert "> Second." in new
    assert "> First." not in new


def test_a_contact_who_writes_has_read_the_replies_above(chat):
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


def test_a_link_typed_by_a_visitor_is_not_one_in_the_email(chat):
    chat.vera.posts("Your account ends today.\nGo to https://evil.example/login <b>now</b>")
    chat.bob_answers("Sorry? Look at https://acme.example/help")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    for part in (message.body, message.alternatives[0].content):
        assert "evil.example" not in part
        assert "https://acme.example/help" in part
    assert "> Go to" in message.body
    assert "<b>now" not in message.alternatives[0].content


def test_indentation_and_links_of_a_reply_are_kept(chat):
    address = "https://shop.example.com/cart?sku=1&currency=EUR&region=eu"
    chat.bob_answers(f"{CODE}\n{address} or sean.o'brien@example.com")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "\n>     if (x) {\n>         return 1;\n>     }\n" in message.body
    [(html, _kind)] = message.alternatives
    assert CODE.replace("\n", "<br>") in html
    assert "white-space: pre-wrap" in html
    assert f'href="{address.replace("&", "&amp;")}"' in html
    assert 'href="mailto:sean.o&#x27;brien@example.com"' in html


def test_a_long_conversation_is_cut(chat):
    for number in range(MAX_EARLIER + 5):
        chat.vera.writes(f"line {number}.")
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert f"Only the last {MAX_EARLIER} messages are shown." in message.body
    assert "> line 4." not in message.body
    assert "> line 5." in message.body


def test_the_delay_can_be_an_hour(chat):
    Routing.objects.update(reply_minutes=60)
    chat.bob_answers()
    chat.pass_time(60 * MINUTE - timedelta(seconds=30))
    assert mails() == []
    chat.pass_time(timedelta(seconds=30))
    assert len(mails()) == 1


def test_turning_it_off_cancels_pending_emails_too(chat):
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


def test_an_address_left_after_the_reply_gets_it(acme, vera):
    vera.posts("Hello?")
    chat = Chat(acme, vera)
    chat.bob_answers("Here I am.")
    vera.call("email/", {"email": "vera@example.com"})
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["vera@example.com"]]


def correct(chat, email):
    edit_contact(Contact.objects.get(), name="", email=email, by=chat.acme.bob)


@pytest.mark.parametrize("is_resolved", [False, True])
def test_only_the_corrected_address_gets_it(chat, is_resolved):
    chat.bob_answers()
    if is_resolved:
        resolve_conversation(chat.conversation, by=chat.acme.bob)
    correct(chat, "v@example.com")  # queues the email in its own transaction
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["v@example.com"]]
    assert states() == ["cancelled", "sent"]


def test_an_address_restored_by_a_second_correction_gets_it(chat):
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


@pytest.mark.parametrize(
    ("age", "count"), [(RESEND_WITHIN - MINUTE, 1), (RESEND_WITHIN + timedelta(seconds=1), 0)]
)
def test_only_recent_replies_follow_a_corrected_address(chat, age, count):
    chat.bob_answers()
    Delivery.objects.update(state="bounced")
    chat.pass_time(age)
    correct(chat, "v@example.com")
    chat.pass_time(5 * MINUTE)
    assert [message.to for message in mails()] == [["v@example.com"]] * count


def test_a_deleted_workspace_sends_its_emails_after_it_is_restored(chat):
    chat.bob_answers()
    Workspace.objects.update(deleted_at=timezone.now())
    chat.pass_time(5 * MINUTE)
    assert states() == ["waiting"]
    Workspace.objects.update(deleted_at=None)
    chat.pass_time(60 * MINUTE)
    assert len(mails()) == 1


def test_the_current_address_counts(chat):
    """The contact may have been read before the conversation's row was locked."""
    conversation = chat.conversation
    Contact.objects.update(email="v@example.com")
    email_reply_if_unread(conversation)
    assert Delivery.objects.get().recipient == "v@example.com"


def test_other_changes_of_a_contact_email_nothing(chat, django_capture_on_commit_callbacks):
    chat.bob_answers()
    Delivery.objects.all().delete()  # it was off when they were answered
    contact, alice = Contact.objects.get(), chat.acme.alice
    with django_capture_on_commit_callbacks(execute=True):
        set_owner(contact, owner=chat.acme.bea, by=alice)
        edit_contact(contact, name="Vera", email="vera@example.com", by=alice)
    assert states() == []


def test_a_resend_of_the_same_reply_queues_one_email(chat):
    client_id = uuid4()
    for _ in range(2):
        post_reply(chat.conversation, body="Yes.", client_id=client_id, by=chat.acme.bob)
    assert states() == ["waiting"]


@pytest.fixture
def low_daily_limit(monkeypatch):
    monkeypatch.setattr("routing.emails.reply.MAX_PER_DAY", FEW)


def test_replies_over_the_daily_limit_leave_the_day_after(chat, low_daily_limit):
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


def test_the_daily_limit_counts_all_emails_to_an_address(chat, new_visitor, low_daily_limit):
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
    latest = Conversation.objects.order_by("-number").first()
    post_reply(latest, body="Yes.", client_id=uuid4(), by=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    assert mails() == []


def test_after_a_bounce_an_address_gets_nothing_for_a_day(chat):
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


def test_an_error_of_our_own_server_does_not_count_as_a_bounce(chat):
    chat.bob_answers("One.")
    Delivery.objects.update(state="failed", failed_at=timezone.now(), reason="unreachable")
    chat.bob_answers("Two.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


MANY = 5000


def test_the_limits_are_checked_by_index(chat):
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
    with CaptureQueriesContext(connection) as queries:
        limited_until(delivery)
    assert len(queries)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_delivery")
        for query in queries.captured_queries:
            if "outbox_delivery" not in query["sql"]:
                continue
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            plan = json.dumps(cursor.fetchone()[0])
            removed = re.findall(r'"Rows Removed by Filter": (\d+)', plan)
            assert sum(map(int, removed)) < 10, plan
            assert "Seq Scan" not in plan


def test_an_email_has_the_text_as_edited_and_nothing_deleted(chat):
    first, second = chat.bob_answers("Four sizes."), chat.bob_answers("My password is SECRET")
    edit_message(first, body="Three sizes.", by=chat.acme.bob)
    delete_message(second, by=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "> Three sizes." in message.body
    assert not re.search("Four|SECRET|deleted", message.body + str(message.alternatives))
    third = chat.bob_answers("Wrong chat")
    delete_message(third, by=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1
    assert states() == ["cancelled", "sent"]
