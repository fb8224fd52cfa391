"""A visitor rates their conversation once each time it is resolved, if the inbox asks for it."""

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact_block import block_contact
from inbox.actions.rate_limits import MAX_ENTRIES
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.models import Conversation, Message
from tests.conftest import COMMITS, in_parallel
from tests.inbox.test_inbox_settings import APPEARANCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def resolved(acme, vera):
    """Vera's conversation, which Bob has resolved in an inbox that asks for ratings."""
    acme.inbox.asks_rating = True
    acme.inbox.save()
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    resolve_conversation(conversation, by=acme.bob)
    return conversation


def rate(visitor, rating=4, **data):
    return visitor.call("rating/", {"rating": rating, **data})


def ratings():
    return list(Message.objects.filter(activity="rated").order_by("seq"))


def stored_rating():
    return Conversation.objects.get(number=1).rating


def is_asked(visitor):
    return 'id="rating-form"' in visitor.call("messages/").json()["state_html"]


def test_a_rating_is_on_the_timeline_and_names_the_agent(acme, vera, resolved, live_events):
    assert is_asked(vera)
    answer = rate(vera, "5", comment=" Quick & kind \n")
    assert answer.status_code == 200
    assert "Thank you for your rating." in answer.json()["state_html"]
    assert not is_asked(vera)
    [entry] = ratings()
    assert (entry.details["rating"], entry.details["agent_id"]) == (5, str(acme.bob.pk))
    name = resolved.contact.display_name
    sentence = f"{name} rated this conversation with Bob: 😍 Great. “Quick & kind”"
    assert entry.text == sentence
    assert stored_rating() == 5


@COMMITS
def test_agents_and_the_visitors_other_tabs_see_it_at_once(acme, vera, resolved, live_events):
    live_events.clear()
    rate(vera, 2, comment="Too slow")
    [entry] = [each for each in live_events.on(resolved.live_channel) if "Too slow" in str(each)]
    assert entry[0] == "append"
    visitors = live_events.on(resolved.contact_channel)
    assert [each for each in visitors if "Thank you for your rating." in str(each)]
    assert "Too slow" not in str(visitors)


def test_without_an_assignee_it_concerns_who_resolved(acme, vera, resolved):
    reopen_conversation(resolved, by=acme.alice)
    assign_conversation(resolved, assignee=None, by=acme.alice)
    resolve_conversation(resolved, by=acme.bea)
    rate(vera)
    assert ratings()[0].details["agent"] == "Bea"


def test_it_can_be_rated_once_and_a_retry_is_the_same(vera, resolved):
    assert rate(vera, 4, comment="Fine").status_code == 200
    assert rate(vera, 4, comment="Fine").status_code == 200
    for other in ({"rating": 1}, {"rating": 4, "comment": "Better"}):
        refused = rate(vera, **other)
        assert refused.status_code == 409
        assert refused.json()["error"] == "You already rated this conversation."
    assert len(ratings()) == 1


@COMMITS
def test_two_tabs_at_once_leave_one_rating(vera, resolved):
    answers = in_parallel(2, lambda number: rate(vera, number + 1).status_code)
    assert sorted(answers) == [200, 409]
    assert len(ratings()) == 1


@pytest.mark.parametrize("reopens", ["contact", "agent"])
def test_after_reopening_it_is_refused_until_the_next_resolution(acme, vera, resolved, reopens):
    rate(vera, 1)
    if reopens == "contact":
        vera.posts("One more thing")
    else:
        reopen_conversation(resolved, by=acme.bob)
    assert stored_rating() is None
    assert not is_asked(vera)
    refused = rate(vera, 5)
    assert refused.status_code == 409
    assert "open again" in refused.json()["error"]
    resolve_conversation(Conversation.objects.get(), by=acme.bob)
    assert is_asked(vera)
    assert rate(vera, 5).status_code == 200
    assert [entry.details["rating"] for entry in ratings()] == [1, 5]


def test_an_inbox_that_does_not_ask_refuses(acme, vera, resolved):
    acme.inbox.asks_rating = False
    acme.inbox.save()
    assert not is_asked(vera)
    refused = rate(vera)
    assert refused.status_code == 409
    assert "doesn't ask" in refused.json()["error"]
    assert ratings() == []


def test_other_visitors_cannot_rate_it(acme, globex, vera, resolved, new_visitor):
    stranger, other_tenant = new_visitor(acme.inbox), new_visitor(globex.inbox)
    assert rate(stranger).status_code == 404
    other_tenant.token = vera.token
    assert rate(other_tenant).status_code == 404
    stranger.writes("My own")
    assert rate(stranger).status_code == 409  # theirs is open
    vera.token = "nonsense"
    assert rate(vera).status_code == 401
    assert ratings() == []


@pytest.mark.parametrize(
    "data",
    [{}, {"rating": 0}, {"rating": 6}, {"rating": "4.5"}, {"rating": True}, {"rating": [4]}]
    + [{"rating": 4, "comment": "x" * 1001}, {"rating": 4, "comment": ["x"]}],
)
def test_anything_else_is_refused(vera, resolved, data):
    refused = vera.call("rating/", data)
    assert refused.status_code == 400
    assert refused.json()["error"]
    assert ratings() == []


def test_a_blocked_visitor_ends_and_rates_and_notices_nothing(acme, vera, resolved):
    reopen_conversation(resolved, by=acme.bob)
    block_contact(resolved.contact, by=acme.bob)
    before = Conversation.objects.values().get()
    ended = vera.call("ending/", {})
    assert 'id="rating-form"' in ended.json()["state_html"]
    rated = rate(vera, 1, comment="Rude")
    assert rated.status_code == 200
    assert "Thank you for your rating." in rated.json()["state_html"]
    assert Conversation.objects.values().get() == before
    assert ratings() == []


def test_a_blocked_visitor_notices_nothing(acme, vera, resolved):
    block_contact(resolved.contact, by=acme.bob)
    assert "Thank you" in rate(vera).json()["state_html"]
    assert ratings() == []
    assert stored_rating() is None


def test_ratings_count_towards_the_limit_of_messages(vera, resolved):
    conversations = Conversation.objects.filter(pk=resolved.pk)
    conversations.update(
        last_seq=MAX_ENTRIES, rate_window_started_at=timezone.now(), rate_window_seq=0
    )
    assert rate(vera).status_code == 429
    conversations.update(rate_window_started_at=None)
    assert rate(vera).status_code == 200


def test_the_setting_is_stored(acme, sign_in):
    url = f"/w/acme/inboxes/{acme.inbox.pk}/appearance/"
    assert sign_in(acme.alice).post(url, APPEARANCE | {"asks_rating": "on"}).status_code == 302
    acme.inbox.refresh_from_db()
    assert acme.inbox.asks_rating
    audit = sign_in(acme.alice).get("/w/acme/team/audit-log/")
    assert "Ask for a rating" in audit.text
