"""The page on which agents hand over their own conversations, and the undo."""

import re
from html import unescape
from uuid import uuid4

import pytest

from accounts.models import User
from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation, InboxMember
from inbox.snooze_options import next_working_time
from routing.handover import form as handover_form
from routing.handover import views as handover
from routing.handover.actions import hand_over_conversations
from routing.models import Handover
from teams.models import Membership, Role
from tests.conftest import Vera
from tests.routing.engine.conftest import stored
from tests.routing.handovers import (
    URL,
    assign_to,
    choose,
    hand_over,
    holder,
    holders,
    make_old,
    shown_on,
    undo_results,
    undo_url,
)

DESK = "/w/acme/conversations/"


@pytest.fixture
def bobs_client(acme, sign_in):
    return sign_in(acme.bob)


@pytest.fixture
def page_size(monkeypatch):
    def page_size(most):
        monkeypatch.setattr(handover_form, "CONVERSATIONS_PER_PAGE", most)

    return page_size


def add_agents(acme, count):
    users = [User(email=f"a{n}@acme.example", name=f"Anna {n}") for n in range(count)]
    agents = [
        Membership(workspace=acme.workspace, user=user, role=acme.bob.role)
        for user in User.objects.bulk_create(users)
    ]
    Membership.objects.bulk_create(agents)
    InboxMember.objects.bulk_create(
        InboxMember(workspace=acme.workspace, inbox=acme.inbox, membership=each) for each in agents
    )
    return agents


# --- What can be chosen ---


def test_it_lists_open_conversations_and_agents_of_their_inbox(acme, give_bob, bobs_client):
    give_bob()
    page = bobs_client.get(URL).text
    assert "Question 0" in page
    offered = {
        each for each in ("alice", "bob", "bea") if f'value="{getattr(acme, each).pk}"' in page
    }
    assert offered == {"bea"}, "neither oneself nor members outside this inbox"


def test_the_choices_are_carried_out(acme, give_bob, bobs_client):
    unmentioned, queued, assigned, snoozed, kept = give_bob(5)
    choices = [(queued, "queue"), (assigned, acme.bea), (snoozed, "snooze"), (kept, "keep")]
    data = {name: value for choice in choices for name, value in choose(*choice).items()}
    answer = bobs_client.post(URL, data)
    assert (answer.status_code, answer["Location"]) == (302, DESK)
    assert holders(queued, assigned, kept, unmentioned) == [None, acme.bea, acme.bob, acme.bob]
    assert stored(snoozed).snoozed_until == next_working_time(acme.bob).until


def test_only_agents_of_the_inbox_are_a_choice(acme, globex, give_bob, bobs_client):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    conversation = give_bob(inbox=other)
    for person in (acme.bea, globex.charlie, acme.bob):
        answer = bobs_client.post(URL, choose(conversation, person))
        assert answer.status_code == 400
        assert "can't take the conversation any more" in unescape(answer.text)
    for nonsense in ("everyone", "\x00", str(uuid4())):
        assert bobs_client.post(URL, choose(conversation, nonsense)).status_code == 400
    assert holder(conversation) == acme.bob
    add_inbox_member(other, membership=acme.bea)
    bobs_client.post(URL, choose(conversation, acme.bea))
    assert holder(conversation) == acme.bea


def test_other_agents_conversations_cannot_be_handed_over(acme, give_bob, sign_in):
    conversation = give_bob()
    sign_in(acme.bea).post(URL, choose(conversation, "queue"))
    assert holder(conversation) == acme.bob


@pytest.mark.parametrize(
    ("permissions", "offered"),
    [(["answer", "resolve"], {"snooze"}), (["answer", "assign"], {"queue", "assign"})],
)
def test_a_role_is_offered_only_what_it_can_do_on_the_desk(
    acme, give_bob, bobs_client, permissions, offered
):
    conversation = give_bob()
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Narrow", permissions=permissions
    )
    acme.bob.save()
    values = {"queue": "queue", "snooze": "snooze", "assign": str(acme.bea.pk)}
    page = bobs_client.get(URL).text
    assert {name for name, value in values.items() if f'value="{value}"' in page} == offered
    for name in values.keys() - offered:
        assert bobs_client.post(URL, choose(conversation, values[name])).status_code == 400


def test_agents_online_come_first_when_there_are_many(
    acme, give_bob, online, bobs_client, monkeypatch
):
    monkeypatch.setattr(handover_form, "MAX_ASSIGNEES", 2)
    conversation = give_bob()
    last = add_agents(acme, 4)[-1]
    online(acme.bea)
    page = bobs_client.get(URL).text
    assert f'value="{acme.bea.pk}"' in page
    assert page.count("Anna") == 1
    # An agent who was offered stays valid if they are offline when the form is sent.
    bobs_client.post(URL, choose(conversation, last))
    assert holder(conversation) == last


KEPT_ALL = "You kept all your conversations."


def test_keeping_all_is_confirmed(acme, give_bob, bobs_client):
    answer = bobs_client.post(URL, choose(give_bob(), "keep"), follow=True)
    assert KEPT_ALL in answer.text


def test_a_conversation_taken_meanwhile_is_not_reported_as_kept(
    acme, give_bob, bobs_client, monkeypatch
):
    conversation = give_bob()

    def too_late(*about, **more):
        assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
        return hand_over_conversations(*about, **more)

    monkeypatch.setattr(handover, "hand_over_conversations", too_late)
    answer = bobs_client.post(URL, choose(conversation, "queue"), follow=True)
    assert not Handover.objects.exists()
    assert KEPT_ALL not in answer.text


# --- More than a page ---


def test_many_conversations_are_split_into_pages(acme, give_bob, bobs_client, page_size):
    page_size(2)
    first, second, third, fourth, fifth = give_bob(5)
    page = bobs_client.get(URL)
    assert shown_on(page) == [first, second]
    assert "You have 5 open conversations" in page.text
    assert "the rest are on the next page" in page.text
    next_page = bobs_client.post(URL, choose(first, "keep") | choose(second, "queue"))["Location"]
    assert next_page == f"{URL}?after={second.number}"
    page = bobs_client.get(next_page)
    assert shown_on(page) == [third, fourth]
    assert f'action="{next_page}"' in page.text
    # One is resolved meanwhile, so the last one moves up and was not seen yet.
    resolve_conversation(third, by=acme.bob)
    choices = choose(third, "queue") | choose(fourth, "queue")
    last_page = bobs_client.post(next_page, choices)["Location"]
    page = bobs_client.get(last_page)
    assert shown_on(page) == [fifth]
    assert "next page" not in page.text
    assert bobs_client.post(last_page, choose(fifth, acme.bea))["Location"] == DESK
    assert holders(first, second, fourth, fifth) == [acme.bob, None, None, acme.bea]


def test_the_count_includes_all_pages(give_bob, bobs_client, page_size):
    page_size(2)
    first, second, _third = give_bob(3)
    next_page = bobs_client.post(URL, choose(first, "keep") | choose(second, "keep"))["Location"]
    assert "You have 3 open conversations" in bobs_client.get(next_page).text


def test_after_the_last_page_the_list_is_empty(give_bob, bobs_client):
    page = bobs_client.get(f"{URL}?after={give_bob().number}").text
    assert "No more conversations to hand over" in page
    assert "You have no open conversations" not in page


def test_an_invalid_page_is_the_first(give_bob, bobs_client):
    conversation = give_bob()
    for after in ("-1", "x", "", "9" * 40, "²"):
        assert shown_on(bobs_client.get(URL, {"after": after})) == [conversation]


def test_the_longest_page_stays_small_and_takes_few_queries(
    acme, bobs_client, page_size, django_assert_max_num_queries
):
    """Ten rows with the most choices possible; a full page has `most` rows."""
    most = handover_form.CONVERSATIONS_PER_PAGE
    page_size(10)
    add_agents(acme, handover_form.MAX_ASSIGNEES + 10)
    for _ in range(11):
        Vera(acme.inbox).writes()
    Conversation.objects.update(assignee=acme.bob)
    bobs_client.get(URL)
    with django_assert_max_num_queries(14):
        page = bobs_client.get(URL)
    assert len(shown_on(page)) == 10
    assert len(page.content) / 10 * most < 1_000_000


# --- Undo ---


def undo_offered(client):
    """Return the undo URL that the page offers, or None."""
    found = re.search(r'action="([^"]+/undo/)"', client.get(URL).text)
    return found and found[1]


def test_the_desk_offers_the_undo_for_ten_minutes(acme, give_bob, sign_in, bobs_client):
    conversation = give_bob()
    bobs_client.post(URL, choose(conversation, acme.bea))
    made = Handover.objects.get()
    assert undo_url(made) in bobs_client.get(DESK).text
    assert undo_url(made) not in sign_in(acme.bea).get(DESK).text
    make_old(made, minutes=11)
    assert undo_url(made) not in bobs_client.get(DESK).text
    assert "Too late" in bobs_client.post(undo_url(made), follow=True).text
    assert holder(conversation) == acme.bea


def test_the_undo_reports_each_conversation(acme, give_bob, bobs_client):
    lost, back = give_bob(2)
    bobs_client.post(URL, choose(lost, acme.bea) | choose(back, acme.bea))
    post_reply(lost, body="Mine", client_id=uuid4(), by=acme.bea)
    page = bobs_client.post(undo_url(Handover.objects.get()), follow=True).text
    assert "Undone: 1 of 2 conversations returned to you" in page
    assert "Someone else has worked on it since" in page
    assert holders(lost, back) == [acme.bea, acme.bob]


def test_each_handover_can_be_undone_one_after_the_other(acme, give_bob, bobs_client):
    for conversation in give_bob(2):
        bobs_client.post(URL, choose(conversation, "queue"))
    first, last = Handover.objects.order_by("created_at")
    for made in (last, first):
        assert undo_offered(bobs_client) == undo_url(made)
        bobs_client.post(undo_url(made))
        shown = bobs_client.get(URL).context["undone_items"]
        assert [each.handover_id for each in shown] == [made.pk]
    assert undo_offered(bobs_client) is None
    assert Conversation.objects.filter(assignee=acme.bob).count() == 2


def test_each_page_of_a_long_handover_can_be_undone(acme, give_bob, bobs_client, page_size):
    page_size(1)
    one, two = give_bob(2)
    answer = bobs_client.post(URL, choose(one, "queue"))
    bobs_client.post(answer.url, choose(two, "queue"))
    assert holders(one, two) == [None, None]
    while url := undo_offered(bobs_client):
        bobs_client.post(url)
    assert holders(one, two) == [acme.bob, acme.bob]


@pytest.mark.parametrize("by", ["bob", "alice"])
def test_only_the_member_who_made_the_handover_can_undo_it(acme, globex, give_bob, sign_in, by):
    made = hand_over(acme, assign_to(give_bob(), acme.bea), by=getattr(acme, by))
    others = {"alice", "bob", "bea"} - {by}
    for name in others:
        assert sign_in(getattr(acme, name)).post(undo_url(made)).status_code == 404
    assert sign_in(globex.charlie).post(undo_url(made, "globex")).status_code == 404
    assert undo_results(made) == [""]
