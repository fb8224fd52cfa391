"""What visitors do with their conversations: end one, start another, read earlier ones, get one by
email. Each only with their own."""

from threading import Event
from uuid import uuid4

import pytest
from django.utils import timezone

from inbox.actions import ending
from inbox.actions.assignment import assign_conversation
from inbox.actions.contact_block import block_contact
from inbox.actions.message import post_note, post_reply
from inbox.actions.rate_limits import MAX_CONVERSATIONS, MAX_ENTRIES
from inbox.actions.resolution import CannotReopen, reopen_conversation, resolve_conversation
from inbox.models import Contact, Conversation, Message
from outbox.kinds import render
from outbox.models import Delivery
from routing.actions import transcript
from tests.conftest import COMMITS, in_parallel
from tests.live_events import committed
from tests.processes import PATIENCE, is_lock_awaited, until
from tests.widget.test_files import file_by
from tests.widget.test_state import read_state

pytestmark = pytest.mark.django_db


def menu_of(visitor):
    return visitor.call("menu/").json()["html"]


def activities(conversation):
    found = conversation.messages.filter(kind="activity").order_by("seq")
    return [each.activity for each in found]


def replied(conversation, by, body="Here you are"):
    return post_reply(conversation, body=body, client_id=uuid4(), by=by)


@pytest.fixture
def conversation(acme, vera):
    """Vera's conversation, which Bob has."""
    conversation = vera.writes("Where is my parcel?").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    return conversation


class TestEnding:
    def test_it_is_resolved_by_the_contact(self, vera, conversation, live_events):
        assert "End this conversation" in menu_of(vera)
        with committed():
            answer = vera.call("ending/", {})
        assert read_state(answer)[0] == "closed"
        stored = Conversation.objects.get()
        assert stored.is_resolved
        assert stored.waiting_since is None
        entry = stored.messages.get(activity="resolved")
        assert entry.text == f"{stored.contact.display_name} ended this conversation."
        assert entry.author is None
        on_desk = live_events.on(stored.live_channel)
        assert [data for name, data in on_desk if "ended this conversation" in str(data)]
        assert [data for _name, data in live_events.on(stored.contact_channel)]

    def test_twice_is_once(self, vera, conversation):
        for _ in range(2):
            assert vera.call("ending/", {}).status_code == 200
        assert activities(Conversation.objects.get()).count("resolved") == 1

    def test_the_next_message_reopens_it(self, vera, conversation):
        vera.call("ending/", {})
        vera.posts("One more thing")
        assert not Conversation.objects.get().is_resolved

    def test_no_one_else_can_end_it(self, acme, globex, vera, conversation, new_visitor):
        other, elsewhere = new_visitor(acme.inbox), new_visitor(globex.inbox)
        elsewhere.token = vera.token
        for each in (other, elsewhere):
            assert each.call("ending/", {}).status_code == 404
        other.writes("Mine")
        assert other.call("ending/", {}).status_code == 200
        conversation.refresh_from_db()
        assert conversation.is_open

    def test_a_blocked_visitor_notices_nothing(self, acme, vera, conversation):
        block_contact(conversation.contact, by=acme.bob)
        assert read_state(vera.call("ending/", {}))[0] == "closed"
        assert Conversation.objects.get().is_open

    def test_it_counts_towards_the_limit_of_messages(self, vera, conversation):
        Conversation.objects.update(
            last_seq=MAX_ENTRIES, rate_window_started_at=timezone.now(), rate_window_seq=0
        )
        assert vera.call("ending/", {}).status_code == 429


class TestStartingAnother:
    def test_the_message_starts_one_if_the_last_is_resolved(self, acme, vera, conversation, online):
        resolve_conversation(conversation, by=acme.bob)
        assert "Start a new conversation" in menu_of(vera)
        online(acme.bea)
        answer = vera.posts("Another question", starts_new=True)
        assert answer.status_code == 201
        assert answer.json()["seq"] == 1
        first, second = Conversation.objects.order_by("number")
        assert first.is_resolved
        assert (second.contact, second.assignee) == (first.contact, acme.bea)
        shown = vera.call("messages/").json()
        assert shown["conversation"] == str(second.pk)
        assert "Where is my parcel?" not in shown["html"]

    def test_an_unresolved_one_goes_on(self, vera, conversation):
        vera.posts("Hello?", starts_new=True)
        assert Conversation.objects.count() == 1

    def test_a_first_message_starts_only_one(self, vera):
        assert vera.posts("Hello?", starts_new=True).status_code == 201
        assert Conversation.objects.count() == 1

    def test_a_retry_is_the_same_message_even_when_that_one_is_resolved(
        self, acme, vera, conversation
    ):
        resolve_conversation(conversation, by=acme.bob)
        client_id = uuid4()
        assert vera.posts("Again", client_id, starts_new=True).status_code == 201
        assert vera.posts("Again", client_id, starts_new=True).status_code == 200
        resolve_conversation(Conversation.objects.get(number=2), by=acme.bob)
        assert vera.posts("Again", client_id, starts_new=True).status_code == 200
        assert Conversation.objects.count() == 2
        assert Message.objects.filter(body="Again").count() == 1

    @COMMITS
    def test_two_tabs_at_once_start_one(self, acme, vera, conversation):
        resolve_conversation(conversation, by=acme.bob)
        answers = in_parallel(
            2, lambda number: vera.posts(f"Tab {number}", starts_new=True).status_code
        )
        assert answers == [201, 201]
        assert Conversation.objects.count() == 2
        assert Message.objects.filter(conversation__number=2, kind="contact").count() == 2

    @COMMITS
    def test_a_tab_that_writes_meanwhile_waits_for_it(self, acme, vera, conversation, monkeypatch):
        """They lock the token and the visitor in the same order, or it would be a deadlock."""
        resolve_conversation(conversation, by=acme.bob)
        find, is_found = ending.lock_visitor_and_conversation, Event()

        def find_and_wait_for_the_other_tab(*arguments, **options):
            found = find(*arguments, **options)
            is_found.set()
            until(is_lock_awaited, what="the other tab's message")
            return found

        def write(number):
            if number:
                assert is_found.wait(PATIENCE)
            return vera.posts(f"Tab {number}", starts_new=not number).status_code

        monkeypatch.setattr(
            ending, "lock_visitor_and_conversation", find_and_wait_for_the_other_tab
        )
        assert in_parallel(2, write) == [201, 201]
        assert Message.objects.filter(conversation__number=2, kind="contact").count() == 2

    def test_other_tabs_follow_it(self, acme, vera, conversation, live_events):
        resolve_conversation(conversation, by=acme.bob)
        live_events.clear()
        with committed():
            vera.posts("Another question", starts_new=True)
        assert ("moved", {}) in live_events.on(conversation.contact_channel)

    def test_one_contact_starts_only_a_few(self, acme, vera, conversation):
        for _ in range(MAX_CONVERSATIONS - 1):
            vera.call("ending/", {})
            assert vera.posts("Again", starts_new=True).status_code == 201
        vera.call("ending/", {})
        assert vera.posts("Again", starts_new=True).status_code == 429
        assert vera.posts("Again").status_code == 201  # reopens the last one

    def test_a_blocked_visitor_starts_none(self, acme, vera, conversation):
        resolve_conversation(conversation, by=acme.bob)
        block_contact(conversation.contact, by=acme.bob)
        vera.posts("Hello?", starts_new=True)
        assert Conversation.objects.count() == 1


class TestEarlierConversations:
    @pytest.fixture
    def two(self, acme, vera, conversation):
        """An earlier conversation with a reply and a note, and the present one."""
        replied(conversation, acme.bob, "**Tomorrow**")
        post_note(conversation, body="Secret", client_id=uuid4(), by=acme.bob)
        resolve_conversation(conversation, by=acme.bob)
        vera.posts("Present", starts_new=True)
        return list(Conversation.objects.order_by("number"))

    def test_they_are_listed_without_notes_and_the_present_one(self, vera, two):
        assert "Earlier conversations" in menu_of(vera)
        html = vera.call("conversations/").json()["html"]
        assert html.count("<li>") == 1
        assert "Tomorrow" in html
        for hidden in ("Secret", "Present", "**"):
            assert hidden not in html

    def test_one_is_read_page_by_page(self, vera, two, monkeypatch):
        monkeypatch.setattr("widget.views.history.MAX_ENTRIES", 1)
        url = f"conversations/{two[0].pk}/"
        last = vera.call(url).json()
        assert ("Tomorrow" in last["html"], last["has_more"]) == (True, True)
        assert "Secret" not in last["html"]
        reply = two[0].messages.get(kind="reply")
        first = vera.call(f"{url}?before={reply.seq}").json()
        assert ("Where is my parcel?" in first["html"], first["has_more"]) == (True, False)

    def test_the_list_has_pages(self, vera, two, acme, monkeypatch):
        monkeypatch.setattr("widget.views.history.PAGE_SIZE", 1)
        resolve_conversation(two[1], by=acme.bob)
        vera.posts("Third", starts_new=True)
        first = vera.call("conversations/").json()["html"]
        assert ("Present" in first, "Show more" in first) == (True, True)
        second = vera.call(f"conversations/?before={two[1].pk}").json()["html"]
        assert ("Tomorrow" in second, "Show more" in second) == (True, False)

    def test_files_of_earlier_ones_can_be_opened_but_not_those_of_notes(self, acme, vera, two):
        reopened = two[0]
        file = file_by(acme.bob, reopened, post_reply)
        note = file_by(acme.bob, reopened, post_note)
        assert vera.call(f"files/{file}/").status_code == 200
        assert vera.call(f"files/{note}/").status_code == 404

    def test_others_see_none_of_it(self, acme, globex, vera, two, new_visitor):
        stranger, elsewhere = new_visitor(acme.inbox), new_visitor(globex.inbox)
        elsewhere.token = vera.token
        stranger.writes("Mine")
        for each in (stranger, elsewhere):
            assert each.call(f"conversations/{two[0].pk}/").status_code == 404
            assert "Tomorrow" not in each.call("conversations/").json()["html"]
            assert "Earlier" not in menu_of(each).partition("<form")[0]
        assert vera.call(f"conversations/{uuid4()}/").status_code == 404
        assert vera.call(f"conversations/{two[0].pk}/?before=x").status_code == 404
        assert vera.call("conversations/?before=x").status_code == 200
        vera.token = "nonsense"
        assert vera.call("conversations/").status_code == 401


class TestTranscript:
    @pytest.fixture
    def answered(self, acme, conversation):
        conversation.contact.email = "vera@x.example"
        conversation.contact.save()
        replied(conversation, acme.bob, "See [this](https://acme.example/)")
        post_note(conversation, body="Secret", client_id=uuid4(), by=acme.bob)
        return conversation

    def email(self):
        return Delivery.objects.get(kind="transcript")

    def test_it_goes_to_the_contact_and_is_on_the_timeline(self, acme, vera, answered):
        assert "Email me this conversation" in menu_of(vera)
        answer = vera.call("transcript/", {"email": "someone@else.example"})
        assert answer.json()["text"] == "We're emailing the conversation to vera@x.example."
        assert self.email().recipient == "vera@x.example"
        assert "transcript_requested" in activities(answered)
        email = render(self.email())
        for body in (email.text, email.html):
            assert "Where is my parcel?" in body
            assert "https://acme.example/" in body
            assert "Secret" not in body
            assert "alice@" not in body
            assert "bob@" not in body
            assert "unsubscribe" in body
        assert "List-Unsubscribe" in email.headers

    def test_the_visitors_own_links_are_none(self, acme, vera, answered):
        vera.posts("Visit https://spam.example/ now")
        vera.call("transcript/", {})
        email = render(self.email())
        assert "https://spam.example" not in email.text + email.html

    def test_nothing_is_sent_before_an_agent_has_replied(self, vera, conversation):
        assert "Email me" not in menu_of(vera).partition("<form")[0]
        refused = vera.call("transcript/", {"email": "victim@x.example"})
        assert refused.status_code == 409
        assert Conversation.objects.get().contact.email == ""
        assert not Delivery.objects.filter(kind="transcript").exists()

    def test_without_an_address_it_asks_for_one(self, acme, vera, conversation):
        replied(conversation, acme.bob)
        assert 'type="email"' in menu_of(vera)
        for data in ({}, {"email": "nonsense"}, {"email": ["a@b.example"]}):
            assert vera.call("transcript/", data).status_code == 400
        assert vera.call("transcript/", {"email": "Vera@x.example"}).status_code == 200
        assert self.email().recipient == "vera@x.example"
        assert "email_left" in activities(conversation)

    def test_not_where_someone_unsubscribed_or_the_address_changed(self, acme, vera, answered):
        vera.call("transcript/", {})
        contact = answered.contact
        contact.email = "new@x.example"
        contact.save()
        assert render(self.email()) is None
        contact.unsubscribed_at = timezone.now()
        contact.save()
        assert vera.call("transcript/", {}).status_code == 409

    @pytest.mark.parametrize("address", ["new@x.example", ""])
    def test_the_address_is_the_one_at_that_moment(
        self, acme, vera, answered, monkeypatch, address
    ):
        def change_address(conversation):
            Contact.objects.update(email=address)

        monkeypatch.setattr("widget.views.menu.check_offer", change_address)
        answer = vera.call("transcript/", {})
        recipients = Delivery.objects.filter(kind="transcript").values_list("recipient", flat=True)
        assert (answer.status_code, *recipients) == ((200, address) if address else (409,))

    @pytest.mark.parametrize("name", ["BY_VISITOR", "TO_MAILBOX", "OF_WORKSPACE", "ALL"])
    def test_requests_are_limited(self, acme, vera, answered, monkeypatch, name):
        limit = transcript.Limit("a test's", 1, transcript.DAY)
        monkeypatch.setattr(transcript, name, limit)
        assert vera.call("transcript/", {}).status_code == 200
        refused = vera.call("transcript/", {})
        assert refused.status_code == 409
        assert "Try again tomorrow" in refused.json()["error"]
        assert Delivery.objects.filter(kind="transcript").count() == 1

    def test_others_cannot_have_it_sent(self, acme, globex, vera, answered, new_visitor):
        stranger, elsewhere = new_visitor(acme.inbox), new_visitor(globex.inbox)
        elsewhere.token = vera.token
        for each in (stranger, elsewhere):
            assert each.call("transcript/", {"email": "a@b.example"}).status_code == 404
        stranger.writes("Mine")
        assert stranger.call("transcript/", {"email": "vera@x.example"}).status_code == 409
        assert not Delivery.objects.filter(kind="transcript").exists()

    def test_a_blocked_visitor_notices_nothing(self, acme, vera, answered):
        block_contact(answered.contact, by=acme.bob)
        assert vera.call("transcript/", {}).status_code == 200
        assert not Delivery.objects.filter(kind="transcript").exists()


def test_a_visitor_without_a_conversation_gets_an_empty_menu(vera):
    html = menu_of(vera)
    assert "data-do" not in html.partition("<form")[0]
    assert vera.call("ending/", {}).status_code == 404
    assert vera.call("transcript/", {}).status_code == 404


def test_one_that_is_reopened_at_the_same_moment_goes_on(acme, vera, conversation, monkeypatch):
    resolve_conversation(conversation, by=acme.bob)
    find = ending.lock_visitor_and_conversation

    def find_before_it_is_reopened(*arguments, **options):
        found = find(*arguments, **options)
        reopen_conversation(conversation, by=acme.bob)
        return found

    monkeypatch.setattr(ending, "lock_visitor_and_conversation", find_before_it_is_reopened)
    assert vera.posts("Second", starts_new=True).status_code == 201
    assert Conversation.objects.get().messages.filter(body="Second").exists()


def test_a_reopened_conversation_is_the_one_shown(acme, vera, conversation):
    """An agent can't reopen an earlier one beside an open one."""
    resolve_conversation(conversation, by=acme.bob)
    vera.posts("Second", starts_new=True)
    with pytest.raises(CannotReopen, match="already has an open conversation"):
        reopen_conversation(conversation, by=acme.bob)
