"""Why a conversation waits, as the desk shows it beside the composer."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.models import Conversation
from routing.actions.assignment import route_conversation
from routing.models import Decision, Routing
from teams.actions.availability import set_away
from teams.permissions import Permission
from tests.inbox.test_contacts import set_permissions

URL = "/w/acme/conversations/1/waiting/"


@pytest.fixture
def waiting(acme, vera):
    """In the queue: Bob is away, Bea has no page open."""
    routing = Routing.objects.of(acme.inbox)
    routing.leads = routing.Leads.QUEUE
    routing.save()
    set_away(acme.bob)
    vera.writes()
    return Conversation.objects.get()


def test_it_says_how_many_cannot_and_why(acme, waiting, sign_in):
    words = sign_in(acme.alice).get(URL).text
    assert "No agent is available yet: 1 away, 1 offline." in words


def test_it_leads_to_the_candidates(acme, waiting, sign_in):
    client = sign_in(acme.alice)
    url = f"/w/acme/conversations/1/decisions/{Decision.objects.get().pk}/"
    assert url in client.get(URL).text
    candidates = client.get(url).text
    assert "Bob" in candidates
    assert "away" in candidates


def test_the_latest_decision_counts(acme, waiting, sign_in):
    acme.inbox.members.all().delete()
    route_conversation(waiting, trigger="sweep")
    assert "No agent receives conversations of this inbox." in sign_in(acme.alice).get(URL).text


def test_an_older_assignment_is_no_reason(acme, waiting, sign_in):
    Decision.objects.update(chosen=acme.bob, chosen_name="Bob")
    words = sign_in(acme.alice).get(URL).text
    assert "This conversation is unassigned." in words
    assert "<details" not in words


def test_an_assigned_conversation_does_not_wait(acme, waiting, sign_in):
    assign_conversation(waiting, assignee=acme.bea, by=acme.alice)
    assert sign_in(acme.alice).get(URL).status_code == 204


def test_it_is_for_those_who_may_see_the_conversation(acme, waiting, sign_in):
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert sign_in(acme.bea).get(URL).status_code == 404
    set_permissions(acme, acme.bob, Permission.SEE_REPORTS)
    assert sign_in(acme.bob).get(URL).status_code == 403
