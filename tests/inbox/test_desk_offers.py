"""An open conversation shows its assignee and offers only what the viewer's role allows."""

import re

import pytest

from accounts.models import User
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
    """Return a select of the conversation's page as a member sees it, without line breaks."""

    def select(name, conversation, membership):
        url = f"/w/acme/conversations/{conversation.number}/"
        page = sign_in(membership).get(url).text
        return " ".join(page.split(f'<select id="{name}"')[1].split("</select>")[0].split())

    return select


@pytest.fixture
def options(sign_in):
    """Return a select's options as they are loaded when it is about to be opened."""

    def options(name, conversation, membership):
        urls = {
            "assignee": f"/w/acme/conversations/{conversation.number}/assignment/",
            "owner": f"/w/acme/contacts/{conversation.contact_id}/owner/"
            f"?inbox={conversation.inbox_id}",
        }
        response = sign_in(membership).get(urls[name], headers={"HX-Request": "true"})
        return " ".join(response.text.split())

    return options


def with_role(acme, person, *permissions):
    role = save_role(acme.workspace, name="Own", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=person.pk).update(role=role)
    return Membership.objects.with_related().get(pk=person.pk)


def test_an_administrator_outside_the_inbox_is_shown_as_assignee(acme, vera, select):
    conversation = vera.writes().conversation
    Routing.objects.update(to_owner=True)
    set_owner(conversation.contact, owner=acme.alice, by=acme.alice)
    vera.writes("again")
    assert Conversation.objects.get().assignee == acme.alice
    assert f'<option value="{acme.alice.pk}" selected' in select("assignee", conversation, acme.bob)


def test_an_administrator_can_take_a_conversation_and_return_it(acme, vera, sign_in, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    page, alice = f"/w/acme/conversations/{conversation.number}/", sign_in(acme.alice)
    for person in (acme.alice, acme.bob, acme.alice):
        alice.post(f"{page}assignment/", {"assignee": str(person.pk)})
        assert Conversation.objects.get().assignee == person


def test_an_assignee_who_lost_the_inbox_is_shown_until_it_is_returned(acme, vera, online, select):
    online(acme.bob)
    conversation = vera.writes().conversation
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert f'<option value="{acme.bob.pk}" selected' in select("assignee", conversation, acme.bea)


@pytest.mark.parametrize(
    ("permissions", "offered"),
    [
        (["answer"], set()),
        (["answer", "assign"], {"assignment"}),
        (["answer", "resolve"], {"resolution", "reopening", "snooze", "wake"}),
    ],
)
def test_only_what_the_role_allows_is_offered(acme, vera, sign_in, permissions, offered):
    number = vera.writes().conversation.number
    client = sign_in(with_role(acme, acme.bob, *permissions))
    page = client.get(f"/w/acme/conversations/{number}/").text
    actions = {"assignment", "resolution", "reopening", "snooze", "wake"}
    assert {name for name in actions if f"/conversations/{number}/{name}/" in page} == offered
    assert ("disabled" in page.split('<select id="assignee"')[1].split(">")[0]) == (
        "assignment" not in offered
    )


def test_an_owner_outside_the_inbox_is_labelled(acme, vera, select):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    Routing.objects.update(to_owner=True)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=ben, by=acme.alice)
    goes_online(ben, acme.bea)
    vera.writes("again")
    assert Conversation.objects.get().assignee == acme.bea
    chosen = select("owner", conversation, acme.bea).split("selected>")[1].split("<")[0].strip()
    assert chosen == "Ben (not in this inbox)"
    set_inbox_members(acme.inbox, members=[acme.bea, ben], by=acme.alice)
    chosen = select("owner", conversation, acme.bea).split("selected>")[1].split("<")[0].strip()
    assert chosen == "Ben"


def test_names_in_the_options_are_escaped(acme, vera, options):
    User.objects.filter(pk=acme.bob.user_id).update(name="<i>Bob & Co")
    conversation = vera.writes().conversation
    for name in ("owner", "assignee"):
        offered = options(name, conversation, acme.bea)
        assert ">&lt;i&gt;Bob &amp; Co</option>" in offered
        assert "<i>" not in offered


def test_a_page_names_only_who_is_chosen_until_a_list_is_opened(acme, vera, online, select):
    online(acme.bob)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bea, by=acme.alice)
    for name, chosen in (("assignee", acme.bob), ("owner", acme.bea)):
        shown = re.findall('<option value="([^"]+)"', select(name, conversation, acme.alice))
        assert shown == [str(chosen.pk)]


def test_a_list_offers_whom_the_form_accepts(acme, vera, online, options):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    online(acme.bob)
    conversation = vera.writes().conversation
    for name, members in (
        ("assignee", [acme.alice, acme.bea, acme.bob]),
        ("owner", [acme.alice, acme.bea, acme.bob, ben]),
    ):
        offered = re.findall('<option value="([^"]+)"', options(name, conversation, acme.bea))
        assert sorted(offered) == sorted(str(each.pk) for each in members)


def test_the_chosen_member_is_selected_in_the_list(acme, vera, online, options):
    online(acme.bob)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bea, by=acme.alice)
    for name, chosen in (("assignee", acme.bob), ("owner", acme.bea)):
        assert options(name, conversation, acme.alice).count(" selected") == 1
        assert f'<option value="{chosen.pk}" selected' in options(name, conversation, acme.alice)


def test_owners_outside_the_inbox_are_labelled_in_the_list(acme, vera, options):
    add_member(acme.workspace, user=make_user("Ben", "acme"))
    offered = options("owner", vera.writes().conversation, acme.bea)
    assert offered.count("(not in this inbox)") == 1
    assert ">Ben (not in this inbox)</option>" in offered


def test_an_assignee_who_lost_the_inbox_stays_in_the_list(acme, vera, online, options):
    online(acme.bob)
    conversation = vera.writes().conversation
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert f'<option value="{acme.bob.pk}" selected' in options("assignee", conversation, acme.bea)


def test_an_agent_is_chosen_without_scripts(acme, vera, sign_in):
    conversation, bea = vera.writes().conversation, sign_in(acme.bea)
    page = f"/w/acme/conversations/{conversation.number}/"
    link = bea.get(page).text.split("<noscript>")[1].split('<a href="')[1].split('"')[0]
    assert f'<option value="{acme.bob.pk}"' in bea.get(link).text
    assert bea.post(link, {"assignee": str(acme.bob.pk)}).url == page
    assert Conversation.objects.get().assignee == acme.bob


def test_an_owner_is_chosen_on_the_contacts_page_without_scripts(acme, vera, sign_in):
    contact, bea = vera.writes().conversation.contact, sign_in(acme.bea)
    page = bea.get(f"/w/acme/contacts/{contact.pk}/owner/").url
    assert f'<option value="{acme.bob.pk}"' in bea.get(page).text


@pytest.mark.parametrize("name", ["assignee", "owner"])
def test_no_list_without_the_permission_to_choose(acme, vera, sign_in, name):
    conversation = vera.writes().conversation
    reader = sign_in(with_role(acme, acme.bob, "answer"))
    page = f"/w/acme/conversations/{conversation.number}/"
    assert reader.get(page).status_code == 200
    assert "<lazy-options" in reader.get(page).text
    assert "data-url" not in reader.get(page).text.split("<lazy-options")[1].split(">")[0]
    urls = {
        "assignee": f"{page}assignment/",
        "owner": f"/w/acme/contacts/{conversation.contact_id}/owner/",
    }
    assert reader.get(urls[name], headers={"HX-Request": "true"}).status_code == 403


def test_the_label_is_also_shown_without_permission_to_change_the_owner(acme, vera, sign_in):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=ben, by=acme.alice)
    reader = sign_in(with_role(acme, acme.bob, "answer"))
    page = reader.get(f"/w/acme/conversations/{conversation.number}/").text
    assert "(not in this inbox)" in page


def test_losing_the_inbox_has_its_own_sentence(acme, vera):
    goes_online(acme.bob)
    conversation = vera.writes().conversation
    with committed():
        set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert (
        activities_of(conversation)[1] == "Returned to the queue: Bob no longer answers this inbox."
    )


def test_a_suspended_member_no_longer_has_access(acme, vera):
    goes_online(acme.bob)
    conversation = vera.writes().conversation
    with committed():
        suspend_member(acme.bob, by=acme.alice)
    assert activities_of(conversation)[1] == "Returned to the queue: Bob no longer has access."


def activities_of(conversation):
    activities = conversation.messages.with_related().filter(kind="activity").order_by("seq")
    return [activity.text for activity in activities]
