"""The routing board shows waiting conversations, online members and the latest decisions."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox, set_opening_hours
from inbox.actions.message import post_reply
from inbox.models import Contact, Conversation
from routing.board import Board
from routing.models import Decision, Routing, Target
from teams.actions.availability import set_away
from teams.actions.membership import add_member
from teams.actions.team import save_team
from teams.models import Membership, Role
from teams.permissions import Permission
from tests.conftest import Vera, keep_waiting, make_user
from tests.routing.hours import ALWAYS_CLOSED

URL = "/w/acme/routing/"


@pytest.fixture
def board(acme):
    return lambda inbox=None, of=acme.alice: Board(of, inbox)


def waits_for(conversation, **time):
    since = timezone.now() - timedelta(**time)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=since)


def rows(page, kind):
    """Return the number of rows in a list."""
    return len(re.findall(rf'<li id="{kind}-', page))


def numbers(conversations):
    return [each.number for each in conversations]


def test_the_queue_shows_the_oldest_first_with_the_reason(acme, online, new_visitor, board):
    online(acme.bob)
    set_away(acme.bob)
    first, second = (new_visitor(acme.inbox).writes().conversation for _ in range(2))
    waits_for(second, minutes=5)
    waiting = board().waiting
    assert numbers(waiting) == [second.number, first.number]
    assert {each.reason for each in waiting} == {"No agent is available (1 away, 1 offline)"}
    assert board().figures["waiting"] == 2
    assert timezone.now() - board().figures["since"] > timedelta(minutes=4)


def test_what_was_put_back_is_in_the_queue_without_an_old_reason(acme, online, vera, board):
    online(acme.bob)
    conversation = vera.writes().conversation
    Conversation.objects.filter(pk=conversation.pk).update(assignee=None)
    assert [each.reason for each in board().waiting] == ["Back in the queue"]


def test_an_inbox_without_agents_says_so(acme, vera, board):
    acme.inbox.members.all().delete()
    vera.writes()
    assert [each.reason for each in board().waiting] == [
        "No agent receives conversations of this inbox"
    ]


def test_without_an_answer_overdue_ones_come_first(acme, online, new_visitor, board):
    online(acme.bob)
    long, overdue, short = (new_visitor(acme.inbox).writes().conversation for _ in range(3))
    waits_for(long, minutes=60)
    waits_for(overdue, minutes=10)
    response_due_at = timezone.now() - timedelta(minutes=1)
    Conversation.objects.filter(pk=overdue.pk).update(
        response_timer_started_at=response_due_at, response_due_at=response_due_at
    )
    answered = new_visitor(acme.inbox).writes().conversation
    post_reply(answered, body="Hi", client_id=uuid4(), by=acme.bob)
    assert numbers(board().late) == [overdue.number, long.number, short.number]
    assert (board().figures["late"], board().figures["overdue"]) == (3, 1)
    assert board().waiting == []


def test_members_are_sorted_by_state_and_show_their_load_and_assignments(acme, online, vera, board):
    acme.bea.capacity = 5
    acme.bea.save()
    online(acme.bea)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bea
    bea, bob = board().members
    assert (bea.name, bea.sentence, bea.open, bea.assigned_today) == (
        "Bea",
        "Available: 1 of 5 chats",
        1,
        1,
    )
    assert timezone.now() - bea.last_assigned_at < timedelta(minutes=1)
    assert (bob.name, bob.presence, bob.open, bob.assigned_today, bob.last_assigned_at) == (
        "Bob",
        "offline",
        0,
        0,
        None,
    )
    assert board().states == {"available": 1, "busy": 0, "away": 0, "offline": 1}


def test_assigned_today_does_not_count_yesterday_and_what_stayed(acme, online, new_visitor, board):
    online(acme.bob)
    for _ in range(3):
        new_visitor(acme.inbox).writes()
    first, second, _third = Decision.objects.filter(chosen=acme.bob).order_by("created_at")
    Decision.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))
    Decision.objects.filter(pk=second.pk).update(rule="kept")
    assert board().assigned_today == 1
    Decision.objects.filter(chosen=acme.bob).delete()
    assert board().assigned_today == 0


def test_people_are_those_whom_routing_asks(acme, board):
    assert {each.name for each in board().people} == {"Bob", "Bea"}
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert {each.name for each in board().people} == {"Bob"}
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bob)
    add_inbox_member(acme.inbox, membership=acme.bea)
    assert {each.name for each in board(acme.inbox).people} == {"Bob"}


def test_the_last_decisions_the_latest_first_in_words(acme, online, new_visitor, board):
    keep_waiting(new_visitor(acme.inbox).writes().conversation, acme.bob)
    online(acme.bob)
    new_visitor(acme.inbox).writes()
    Decision.objects.update(microseconds=1834)
    latest, before = board().decisions
    assert (latest.get_rule_display(), latest.chosen_name) == ("round robin", "Bob")
    assert latest.duration == "1.8 ms"
    assert (before.get_rule_display(), before.chosen_name) == ("in the queue", "")
    Decision.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert board().decisions == []


def test_one_inbox_alone(acme, vera, board):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bea])
    routing = Routing.objects.of(other)
    routing.leads = "queue"
    routing.save()
    here, elsewhere = vera.writes().conversation, Vera(other).writes().conversation
    assert numbers(board().waiting) == [here.number, elsewhere.number]
    assert numbers(board(other).waiting) == [elsewhere.number]
    assert [each.conversation for each in board(other).decisions] == [elsewhere]
    assert [each.name for each in board(other).people] == ["Bea"]


def test_lists_are_bounded_and_say_how_much_more_there_is(acme, new_visitor, board, monkeypatch):
    for name in ("MOST_WAITING", "MOST_MEMBERS", "MOST_DECISIONS"):
        monkeypatch.setattr(f"routing.board.{name}", 1)
    for _ in range(3):
        new_visitor(acme.inbox).writes()
    shown = board()
    assert (len(shown.waiting), shown.more_waiting) == (1, 2)
    assert (len(shown.members), shown.more_members) == (1, 1)
    assert len(shown.decisions) == 1


def test_why_it_waits_is_one_sentence(acme, vera, new_visitor, board):
    vera.writes()
    acme.inbox.members.all().delete()
    new_visitor(acme.inbox).writes()
    assert [each.sentence for each in board().decisions] == [
        "No agent could take it: no agent receives conversations of this inbox.",
        "No agent could take it: 2 offline.",
    ]


def test_the_page_shows_it_all(acme, online, new_visitor, sign_in):
    waiting = new_visitor(acme.inbox).writes().conversation
    keep_waiting(waiting, acme.bob)
    online(acme.bob)
    assigned = new_visitor(acme.inbox).writes().conversation
    answer = sign_in(acme.alice).get(URL)
    assert answer.status_code == 200
    page = answer.text
    assert f'id="waiting-{waiting.number}"' in page
    assert f'id="late-{assigned.number}"' in page
    assert f'id="person-{acme.bob.pk}"' in page
    decision = Decision.objects.get(conversation=assigned)
    assert f'id="decision-{decision.pk}"' in page
    assert f"/w/acme/conversations/{assigned.number}/decisions/{decision.pk}/" in page
    assert f"/w/acme/team/members/{acme.bob.pk}/away/" in page
    assert 'data-ticket-url="/w/acme/live-ticket/"' in page


def test_the_handover_is_offered_to_those_who_may_and_where_there_is_something(
    acme, vera, new_visitor, sign_in
):
    assign_conversation(vera.writes().conversation, assignee=acme.bob)
    addresses = {each: f"/w/acme/team/members/{each.pk}/handover/" for each in (acme.bob, acme.bea)}
    page = sign_in(acme.alice).get(URL).text
    assert addresses[acme.bob] in page
    assert addresses[acme.bea] not in page
    permissions = [Permission.SEE_REPORTS, Permission.ANSWER, Permission.MANAGE_TEAM]
    add_inbox_member(acme.inbox, membership=acme.alice)
    lead = Role.objects.create(workspace=acme.workspace, name="Lead", permissions=permissions)
    Membership.objects.filter(pk=acme.alice.pk).update(role=lead)
    page = sign_in(acme.alice).get(URL).text
    assert f'id="person-{acme.bob.pk}"' in page
    assert addresses[acme.bob] not in page


def test_the_panels_alone_are_the_same_without_the_page(acme, vera, sign_in):
    conversation = vera.writes().conversation
    panels = sign_in(acme.alice).get(f"{URL}panels/").text
    assert f'id="waiting-{conversation.number}"' in panels
    assert "<html" not in panels
    assert "csrfmiddlewaretoken" not in panels, "it would be new each time, and all rows with it"


def test_nothing_at_all_is_explained(acme, sign_in):
    page = sign_in(acme.alice).get(URL).text
    for words in ("No one is waiting", "No one is waiting for a reply.", "No decisions yet"):
        assert words in page


def test_few_queries_with_thirty_members_and_two_hundred_decisions(acme, sign_in):
    people = [add_member(acme.workspace, user=make_user(f"P{n}", "acme")) for n in range(28)]
    for number, person in enumerate(people):
        add_inbox_member(acme.inbox, membership=person)
        Membership.objects.filter(pk=person.pk).update(capacity=number % 4 or None)
    fill(acme, people)
    client = sign_in(acme.alice)
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(URL).text
    assert (rows(page, "person"), rows(page, "decision")) == (30, 50)
    assert (rows(page, "waiting"), rows(page, "late")) == (25, 15)
    assert "and 75 more" in page
    assert len(queries) <= 24
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{URL}panels/")
    assert len(queries) <= 14


def fill(acme, people):
    """Two hundred conversations with a decision each, half of them waiting."""
    now = timezone.now()
    contacts = Contact.objects.bulk_create(
        Contact(workspace=acme.workspace, name=f"C{number}") for number in range(200)
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(
            workspace=acme.workspace,
            inbox=acme.inbox,
            contact=contact,
            number=number,
            assignee=people[number % 28] if number % 2 else None,
            waiting_since=now - timedelta(minutes=number),
        )
        for number, contact in enumerate(contacts, 1)
    )
    Decision.objects.bulk_create(
        Decision(
            workspace=acme.workspace,
            conversation=each,
            trigger="message",
            rule="round_robin" if each.assignee_id else "queued",
            candidates=[],
            tally={"offline": 30},
            chosen=each.assignee,
            chosen_name=each.assignee.name if each.assignee else "",
            microseconds=1800,
        )
        for each in conversations
    )


def test_assigned_by_hand_and_answered_is_on_neither_list(acme, vera, board):
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    assert (board().waiting, numbers(board().late)) == ([], [conversation.number])
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.alice)
    assert board().late == []


PROMISE = "are assigned as soon as they arrive"


@pytest.fixture
def board_page(acme, sign_in):
    """Return what the board shows for the inbox, or for all inboxes."""

    def board_page(inbox=None, of=acme.alice):
        return sign_in(of).get(URL, {"inbox": inbox.pk} if inbox else {}).text

    return board_page


def test_while_an_agent_is_available_a_new_conversation_is_assigned(acme, online, vera, board_page):
    assert "No agent is available (2 offline). New chats will wait" in board_page(acme.inbox)
    online(acme.bob)
    assert PROMISE in board_page(acme.inbox)
    assert vera.writes().conversation.assignee == acme.bob


def test_of_a_closed_inbox_the_board_promises_nothing(acme, online, vera, board_page):
    set_opening_hours(acme.inbox, hours=ALWAYS_CLOSED, by=acme.alice)
    online(acme.bob)
    assert "This inbox is closed" in board_page(acme.inbox)
    assert PROMISE not in board_page(acme.inbox)
    assert PROMISE not in board_page()
    assert vera.writes().conversation.assignee is None


def test_a_member_who_may_not_open_the_inbox_does_not_count_as_available(
    acme, online, vera, board_page, board
):
    team = save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)
    online(acme.bea)
    assert (PROMISE in board_page(acme.inbox), board(acme.inbox).states["available"]) == (True, 1)
    acme.inbox.members.filter(membership=acme.bea).delete()
    page = board_page(acme.inbox)
    assert "No agent is available (1 without access to this inbox)." in page
    assert PROMISE not in page
    assert [each.name for each in board(acme.inbox).people] == []
    assert [each.name for each in board().people] == ["Bob"]
    assert vera.writes().conversation.assignee is None


def test_a_chosen_member_who_manages_inboxes_counts_as_available(
    acme, online, vera, board_page, board
):
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.alice)
    online(acme.alice)
    assert PROMISE in board_page(acme.inbox)
    assert [each.name for each in board(acme.inbox).people] == ["Alice"]
    assert {each.name for each in board().people} == {"Alice", "Bob", "Bea"}
    assert vera.writes().conversation.assignee == acme.alice
