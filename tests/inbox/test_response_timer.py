"""What the desk shows of the response timer; static/elements/response-due.js counts it down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import resolve_conversation
from inbox.change import changing
from inbox.live_updates import row_html
from inbox.models import Conversation


@pytest.fixture
def timed_conversation(acme, vera):
    """A conversation that Bob has to answer within five minutes."""
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    now = timezone.now()
    Conversation.objects.update(
        response_timer_started_at=now, response_due_at=now + timedelta(minutes=5)
    )
    return Conversation.objects.with_related().get()


def test_the_timer_is_an_interval(timed_conversation):
    begin, end = timed_conversation.response_interval.split("/")
    assert begin == timed_conversation.response_timer_started_at.isoformat()
    assert end == timed_conversation.response_due_at.isoformat()


def test_a_resolved_conversation_has_no_timer(acme, timed_conversation):
    resolve_conversation(timed_conversation, by=acme.alice)
    Conversation.objects.update(
        response_due_at=timezone.now(), response_timer_started_at=timezone.now()
    )
    assert Conversation.objects.get().response_interval == ""


def test_the_row_and_the_open_conversation_have_the_interval(acme, timed_conversation, sign_in):
    interval = f'data-interval="{timed_conversation.response_interval}"'
    assert interval in row_html(timed_conversation)
    page = sign_in(acme.bob).get("/w/acme/conversations/1/?view=mine").content.decode()
    assert page.count(interval) == 2
    assert f'data-response-interval="{timed_conversation.response_interval}"' in page


def test_a_row_without_a_timer_shows_none(acme, vera):
    vera.writes()
    assert "response-due" not in row_html(Conversation.objects.with_related().get())


def test_a_page_gets_its_running_timers_after_a_gap(acme, timed_conversation, sign_in):
    counts = "/w/acme/conversations/counts/"
    assert sign_in(acme.bea).get(counts).json()["timers"] == []
    [timer] = sign_in(acme.bob).get(counts).json()["timers"]
    assert timer == {
        "number": 1,
        "interval": timed_conversation.response_interval,
        "name": timed_conversation.contact.display_name,
    }


def test_the_published_row_has_the_interval(acme, timed_conversation, live_events):
    with live_events.committed(), changing(timed_conversation) as change:
        change.touch()
    [(_name, row)] = live_events.on(acme.inbox.live_channel)
    assert row["response_interval"] == timed_conversation.response_interval
    assert timed_conversation.response_interval in row["html"]
