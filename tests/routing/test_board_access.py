"""The routing board shows no one what isn't theirs: workspaces, inboxes, chats of others."""

import re
from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.models import Contact
from routing.board import Board
from teams.actions.role import save_role
from teams.models import Membership
from tests.conftest import Vera, keep_waiting
from tests.routing.test_board import URL, numbers, rows


@pytest.fixture
def reader(acme):
    """Give Bob a role that reads reports, and may do what else is named."""

    def make(*permissions):
        permissions = ["see_reports", *permissions]
        role = save_role(acme.workspace, name="Reader", permissions=permissions, by=acme.alice)
        Membership.objects.filter(pk=acme.bob.pk).update(role=role)
        return Membership.objects.with_related().get(pk=acme.bob.pk)

    return make


def test_agents_may_not_see_it(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}panels/").status_code == 403
    assert "/w/acme/routing/" not in client.get("/w/acme/conversations/").text
    assert "/w/acme/routing/" in sign_in(acme.alice).get("/w/acme/conversations/").text


def test_another_workspace_is_not_on_it(acme, globex, vera, sign_in):
    vera.writes()
    Vera(globex.inbox).writes()
    client = sign_in(globex.charlie)
    assert client.get(URL).status_code == 404
    page = client.get("/w/globex/routing/").text
    assert rows(page, "waiting") + rows(page, "late") == 1
    assert "Bob" not in page
    assert str(acme.inbox.pk) not in page


def test_a_foreign_or_unknown_inbox_narrows_nothing(acme, globex, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.alice)
    for inbox in (globex.inbox.pk, uuid4(), "nonsense"):
        answer = client.get(f"{URL}?inbox={inbox}")
        assert answer.status_code == 200
        assert f'id="waiting-{conversation.number}"' in answer.text


def test_a_reader_sees_only_the_inboxes_they_are_in(acme, vera, reader):
    other = create_inbox(acme.workspace, name="Secret", members=[acme.bea])
    Vera(other).writes()
    here = vera.writes().conversation
    shown = Board(reader("see_all"))
    assert numbers(shown.waiting + shown.late) == [here.number]
    assert {each.conversation for each in shown.decisions} == {here}


def test_a_reader_who_does_not_see_all_sees_no_chats_of_others(
    acme, online, vera, new_visitor, reader
):
    queued = new_visitor(acme.inbox).writes().conversation
    keep_waiting(queued, acme.bea)
    online(acme.bea)
    of_bea = vera.writes().conversation
    assert of_bea.assignee == acme.bea
    shown = Board(reader())
    assert numbers(shown.waiting) == [queued.number]
    assert shown.late == []
    assert {each.conversation for each in shown.decisions} == {queued}
    assert shown.figures["late"] == 0


def test_a_member_who_does_not_answer_gets_no_links_into_the_desk(acme, vera, sign_in, reader):
    vera.writes()
    page = sign_in(reader("see_all")).get(URL).text
    assert "No agent is available" in page
    assert "/w/acme/conversations/" not in page.partition("<main")[2].partition("</main")[0]
    assert "data-ticket-url" not in page
    assert "/away/" not in page.partition("<main")[2].partition("</main")[0]


def test_a_member_who_only_reads_reports_lands_on_it(acme, sign_in, reader):
    answer = sign_in(reader()).get("/w/acme/")
    assert (answer.status_code, answer["Location"]) == (302, URL)


def test_a_member_who_does_not_answer_learns_no_names_of_contacts(
    acme, vera, new_visitor, sign_in, reader
):
    """The number is enough for a report. Names are for members who answer."""
    for visitor, name in ((vera, "Vera Waits"), (new_visitor(acme.inbox), "Lena Late")):
        conversation = visitor.writes().conversation
        Contact.objects.filter(pk=conversation.contact_id).update(name=name)
    assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
    page = sign_in(acme.alice).get(URL).text
    assert rows(page, "waiting") == rows(page, "late") == 1
    assert "Vera Waits" in page
    assert "Lena Late" in page
    page = sign_in(reader("see_all")).get(URL).text
    assert rows(page, "waiting") == rows(page, "late") == 1
    assert str(conversation) in page
    assert "Vera" not in page
    assert "Lena" not in page


def test_buttons_that_would_be_refused_are_not_offered(acme, online, sign_in, reader):
    """Bob may not manage an administrator, who has permissions that he lacks."""
    add_inbox_member(acme.inbox, membership=acme.alice)
    client = sign_in(reader("manage_team", "manage_inboxes", "answer", "assign"))
    for person in (acme.alice, acme.bea):
        assign_conversation(Vera(acme.inbox).writes().conversation, assignee=person, by=acme.alice)
    of_alice, of_bob = (f"/w/acme/team/members/{each.pk}/" for each in (acme.alice, acme.bob))
    assert client.get(of_alice).status_code == 403
    assert client.get(f"{of_alice}handover/").status_code == 403
    assert client.post(f"{of_alice}away/").status_code == 403
    assert client.post(f"{of_bob}away/").status_code == 302
    page = client.get(URL).text
    assert f'id="person-{acme.alice.pk}"' in page
    assert of_alice not in page
    assert f"{of_bob}away/" in page


def test_managing_a_member_is_offered_to_those_who_may(acme, sign_in, reader):
    permissions = ("answer", "assign", "resolve", "see_all", "edit_contacts", "manage_team")
    assign_conversation(Vera(acme.inbox).writes().conversation, assignee=acme.bea, by=acme.alice)
    page = sign_in(reader(*permissions)).get(URL).text
    of_bea = f"/w/acme/team/members/{acme.bea.pk}/"
    for address in (of_bea, f"{of_bea}away/", f"{of_bea}available/", f"{of_bea}handover/"):
        assert f'"{address}"' in page


def test_a_member_of_no_inbox_sees_that_explained(acme, online, vera, sign_in, reader):
    client = sign_in(reader())
    online(acme.bea)
    vera.writes()
    assert "You're not a member of any inbox" not in client.get(URL).text
    acme.inbox.members.filter(membership=acme.bob).delete()
    for url in (URL, f"{URL}panels/"):
        page = client.get(url).text
        assert "You're not a member of any inbox" in page
        assert "Ask an administrator" in page
        for untrue in ("No one is waiting", "answers here yet", "answers chats here yet"):
            assert untrue not in page
        for untrue in ("has an answer", "No decisions yet"):
            assert untrue not in page


@pytest.mark.parametrize("permissions", [(), ("manage_inboxes",), ("manage_team",)])
def test_every_link_of_a_member_who_does_not_answer_leads_somewhere(
    acme, sign_in, reader, permissions
):
    client, links = sign_in(reader(*permissions)), set()
    for start in ("/w/acme/", "/w/acme/welcome/", "/workspaces/"):
        found = re.findall(r'<a [^>]*href="(/[^"]*)"', client.get(start, follow=True).text)
        assert found
        links |= set(found)
    answers = {link: client.get(link, follow=True).status_code for link in links}
    assert {link for link, status in answers.items() if status != 200} == set()
