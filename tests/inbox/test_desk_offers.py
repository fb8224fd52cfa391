"""An open conversation shows who has it, and offers what the role of whoever looks at it allows."""

import pytest

from inbox.actions.contact import set_owner
from inbox.actions.inbox import set_inbox_members
from inbox.models import Conversation
from routing.models import Routing
from teams.actions.membership import add_member, suspend_member
from teams.actions.role import save_role
from teams.models import Membership
from tests.conftest import goes_online, make_user
from tests.live_events import committed


@pytest.fixture
def select(sign_in):
    """The part of a conversation's page that is a select, as somebody sees it."""

    def select(name, conversation, membership):
        url = f"/w/acme/conversations/{conversation.number}/"
        page = sign_in(membership).get(url).text
        return page.split(f'<select id="{name}"')[1].split("</select>")[0]

    return select


def with_role(acme, person, *permissions):
    role = save_role(acme.workspace, name="Own", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=person.pk).update(role=role)
    return Membership.objects.with_person().get(pk=person.pk)


def test_an_administrator_beside_the_people_of_the_inbox_has_it_and_is_shown(acme, vera, select):
    conversation = vera.writes().conversation
    Routing.objects.update(to_owner=True)
    set_owner(conversation.contact, owner=acme.alice, by=acme.alice)
    vera.writes("again")
    assert Conversation.objects.get().assignee == acme.alice
    assert f'<option value="{acme.alice.pk}" selected' in select("assignee", conversation, acme.bob)


def test_an_administrator_can_take_it_and_give_it_back(acme, vera, sign_in, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    page, alice = f"/w/acme/conversations/{conversation.number}/", sign_in(acme.alice)
    for person in (acme.alice, acme.bob, acme.alice):
        alice.post(f"{page}assignment/", {"assignee": str(person.pk)})
        assert Conversation.objects.get().assignee == person


def test_whoever_has_lost_the_inbox_is_shown_until_it_is_returned(acme, vera, online, select):
    online(acme.bob)
    conversation = vera.writes().conversation
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert f'<option value="{acme.bob.pk}" selected' in select("assignee", conversation, acme.bea)


@pytest.mark.parametrize(
    ("permissions", "offered"),
    [
        (["answer"], set()),
        (["answer", "assign"], {"assignment"}),
        (["answer", "resolve"], {"resolution", "reopening", "snooze", "waking"}),
    ],
)
def test_only_what_the_role_allows_is_offered(acme, vera, sign_in, permissions, offered):
    number = vera.writes().conversation.number
    client = sign_in(with_role(acme, acme.bob, *permissions))
    page = client.get(f"/w/acme/conversations/{number}/").text
    known = {"assignment", "resolution", "reopening", "snooze", "waking"}
    assert {name for name in known if f"/conversations/{number}/{name}/" in page} == offered
    assert ("disabled" in page.split('<select id="assignee"')[1].split(">")[0]) == (
        "assignment" not in offered
    )


def test_an_owner_who_cannot_have_its_chats_is_said_so(acme, vera, select):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    Routing.objects.update(to_owner=True)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=ben, by=acme.alice)
    goes_online(ben, acme.bea)
    vera.writes("again")
    assert Conversation.objects.get().assignee == acme.bea
    chosen = select("owner", conversation, acme.bea).split("selected>")[1].split("<")[0]
    assert chosen == "Ben (not in this inbox)"
    set_inbox_members(acme.inbox, members=[acme.bea, ben], by=acme.alice)
    chosen = select("owner", conversation, acme.bea).split("selected>")[1].split("<")[0]
    assert chosen == "Ben"


def test_so_it_is_to_who_may_not_change_the_owner(acme, vera, sign_in):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=ben, by=acme.alice)
    reader = sign_in(with_role(acme, acme.bob, "answer"))
    page = reader.get(f"/w/acme/conversations/{conversation.number}/").text
    assert "(not in this inbox)" in page


def test_losing_the_inbox_is_not_called_leaving(acme, vera):
    goes_online(acme.bob)
    conversation = vera.writes().conversation
    with committed():
        set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert said_of(conversation)[1] == "Returned to the queue: Bob no longer answers this inbox."


def test_a_suspended_member_is_no_longer_here(acme, vera):
    goes_online(acme.bob)
    conversation = vera.writes().conversation
    with committed():
        suspend_member(acme.bob, by=acme.alice)
    assert said_of(conversation)[1] == "Returned to the queue: Bob no longer has access."


def said_of(conversation):
    activities = conversation.messages.with_related().filter(kind="activity").order_by("seq")
    return [each.text for each in activities]
