"""The receipt under the conversation says whether the last reply was seen or emailed."""

from uuid import uuid4

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.contact import edit_contact
from inbox.actions.message import post_note
from inbox.models import Message
from messagehub.lib.live.publish import send_pending
from outbox import bounces
from outbox.models import Delivery
from outbox.retention import RETENTION
from tests.commits import COMMIT_EFFECTS
from tests.routing.chat import MINUTE

pytestmark = COMMIT_EFFECTS

SEEN, EMAILED, UNSEEN = "Reply seen", "Reply emailed to vera@example.com", "Reply not seen yet"
TEXTS = (SEEN, EMAILED, UNSEEN)


class Receipts:
    """The receipts published to open pages, as texts."""

    def __init__(self, chat, live_events):
        self.chat, self.events = chat, live_events
        self.clear()

    def clear(self):
        send_pending()
        self.events.clear()

    def __eq__(self, texts):
        return list(self) == texts

    def __getitem__(self, number):
        return list(self)[number]

    def __iter__(self):
        # In a test that is rolled back, messages published outside a transaction still wait.
        send_pending()
        conversation = self.chat.conversation
        for name, data in self.events.on(conversation.live_channel):
            if data.get("id") == f"receipt-{conversation.number}":
                assert name == "replace"
                yield next((each for each in TEXTS if each in data["html"]), "")


@pytest.fixture
def published(chat, live_events):
    return Receipts(chat, live_events)


def shown(chat, sign_in):
    """Return the receipt on the page and in the catch-up after a gap, which must agree."""
    base = f"/w/acme/conversations/{chat.conversation.number}/"
    client = sign_in(chat.acme.bob)
    page, missed = (client.get(base + path).text for path in ("", "entries/?after=0"))
    found = [each for each in (SEEN, EMAILED, UNSEEN) if each in page]
    assert [each for each in (SEEN, EMAILED, UNSEEN) if each in missed] == found
    assert page.count('class="receipt"') == missed.count('class="receipt"') == 1
    return found[0] if found else ""


def test_a_reply_is_unseen_until_the_chat_shows_it(chat, published, sign_in):
    assert shown(chat, sign_in) == ""
    reply = chat.bob_answers()
    assert published == [UNSEEN]
    assert shown(chat, sign_in) == UNSEEN
    chat.vera.call("read/", {"seq": reply.seq - 1})
    assert shown(chat, sign_in) == UNSEEN
    chat.vera.call("read/", {"seq": reply.seq})
    assert published[-1] == SEEN
    assert shown(chat, sign_in) == SEEN
    chat.pass_time(5 * MINUTE)
    assert shown(chat, sign_in) == SEEN


def test_reading_again_publishes_nothing(chat, published):
    reply = chat.bob_answers()
    chat.vera.call("read/", {"seq": reply.seq})
    published.clear()
    chat.vera.call("read/", {"seq": reply.seq})
    assert published == []


def test_an_emailed_reply_is_seen_when_they_return(chat, published, sign_in):
    reply = chat.bob_answers()
    published.clear()
    chat.pass_time(5 * MINUTE)
    assert published == [EMAILED]
    assert shown(chat, sign_in) == EMAILED
    chat.vera.call("read/", {"seq": reply.seq})
    assert published == [EMAILED, SEEN]
    assert shown(chat, sign_in) == SEEN


def marks(chat, sign_in, path=""):
    """Return up to which entry the page says that replies were seen and emailed."""
    url = f"/w/acme/conversations/{chat.conversation.number}/{path}"
    tag = sign_in(chat.acme.bob).get(url).text.split('class="receipt"')[1].split(">")[0]
    return tuple(tag.split(f'data-{name}-seq="')[1].split('"')[0] for name in ("seen", "emailed"))


def test_earlier_replies_keep_their_marks(chat, sign_in):
    first = chat.bob_answers("First.")
    chat.vera.call("read/", {"seq": first.seq})
    second = chat.bob_answers("Second.")
    chat.pass_time(5 * MINUTE)
    chat.bob_answers("Third.")
    expected = (str(first.seq), str(second.seq))
    assert marks(chat, sign_in) == expected
    assert marks(chat, sign_in, "entries/?after=0") == expected
    chat.vera.posts("Thank you!")
    assert marks(chat, sign_in) == expected
    assert marks(chat, sign_in, f"entries/?after={second.seq}") == expected


def test_reading_after_the_contact_wrote_marks_the_replies(chat, published, sign_in):
    reply = chat.bob_answers()
    chat.vera.posts("Thank you!")
    published.clear()
    chat.vera.call("read/", {"seq": reply.seq + 1})
    assert published == [""]
    assert marks(chat, sign_in)[0] == str(reply.seq + 1)


def test_marks_cost_no_query_by_entry(chat, sign_in):
    client = sign_in(chat.acme.bob)
    path = f"/w/acme/conversations/{chat.conversation.number}/"
    counts = []
    for _time in range(2):
        for number in range(5):
            chat.bob_answers(f"Reply {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_newer_reply_starts_unseen(chat, sign_in):
    chat.bob_answers("First.")
    chat.pass_time(5 * MINUTE)
    chat.bob_answers("Second.")
    assert shown(chat, sign_in) == UNSEEN
    chat.pass_time(5 * MINUTE)
    assert shown(chat, sign_in) == EMAILED


def test_a_bounced_email_does_not_count(chat, published, sign_in):
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    published.clear()
    event = AnymailTrackingEvent(event_type="bounced", recipient="vera@example.com")
    bounces.bounce(Delivery.objects.get(kind="reply"), event)
    assert published == [UNSEEN]
    assert shown(chat, sign_in) == UNSEEN


def test_an_email_to_the_previous_address_does_not_count(chat, published, sign_in):
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    contact = chat.conversation.contact
    edit_contact(contact, name="", email="new@example.com", by=chat.acme.bob)
    assert published[-1] == UNSEEN
    assert shown(chat, sign_in) == UNSEEN


def test_an_old_reply_has_no_receipt_without_its_delivery(chat, sign_in):
    reply = chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    Delivery.objects.all().delete()  # outbox.retention
    assert shown(chat, sign_in) == UNSEEN
    Message.objects.filter(pk=reply.pk).update(created_at=timezone.now() - RETENTION)
    assert shown(chat, sign_in) == ""


def test_notes_do_not_change_the_receipt(chat, published, sign_in):
    reply = chat.bob_answers()
    chat.vera.call("read/", {"seq": reply.seq})
    published.clear()
    post_note(chat.conversation, body="Nice person", client_id=uuid4(), by=chat.acme.bea)
    assert published == []
    assert shown(chat, sign_in) == SEEN


def test_no_receipt_after_the_contact_wrote(chat, published, sign_in):
    chat.bob_answers()
    published.clear()
    chat.vera.posts("Thank you!")
    assert published == []  # the new entry replaces it
    assert shown(chat, sign_in) == ""


def test_the_page_reads_the_entries_once(chat, sign_in):
    chat.bob_answers()
    client = sign_in(chat.acme.bob)
    path = f"/w/acme/conversations/{chat.conversation.number}/"
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    entry_queries = [each["sql"] for each in queries if 'FROM "inbox_message"' in each["sql"]]
    assert len(entry_queries) == 1


def test_it_is_published_only_on_the_conversations_channel(chat, live_events):
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    receipts = [each.channel for each in live_events.published if "receipt" in str(each.data)]
    assert receipts
    assert set(receipts) == {chat.conversation.live_channel}
