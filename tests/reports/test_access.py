"""Reports show no one what isn't theirs: workspaces, inboxes, conversations of others."""

import re
from uuid import uuid4

import pytest

from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.message import post_reply
from inbox.models import Contact
from messagehub.lib.ids import new_id
from reports.recording import record_new_entries
from reports.sections import SECTIONS
from teams.actions.role import save_role
from teams.models import Membership, Team, TeamMember
from tests.conftest import Vera
from tests.reports.conftest import read_csv

URL = "/w/acme/reports/"
PAGES = ["", "now/", "conversations/", "agents/", "routing/", "inboxes/", "section/", "list/"]
FILES = ["table.csv?table=agents&", "table.csv?table=inboxes&", "conversations.csv?"]
TODAY = "period=today"


@pytest.fixture
def reader(acme):
    """Give Bob a role that reads reports, and may do what else is named."""

    def make(*permissions):
        permissions = ["see_reports", *permissions]
        role = save_role(acme.workspace, name="Reader", permissions=permissions, by=acme.alice)
        Membership.objects.filter(pk=acme.bob.pk).update(role=role)
        return Membership.objects.with_related().get(pk=acme.bob.pk)

    return make


def total(client, name="new", query=TODAY):
    page = client.get(f"{URL}list/?figure={name}&{query}").text
    [text] = re.findall(r'id="list-value">([^<]*)<', page)
    return int(text)


def everything(client, base=URL):
    """Return all pages and files of today as one text."""
    paths = [f"{page}?figure=replies&" for page in PAGES]
    paths += [f"section/?section={name}&" for name in SECTIONS]
    answers = [client.get(f"{base}{path}{TODAY}") for path in [*paths, *FILES]]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.getvalue().decode() for answer in answers)


def answered(inbox, member, name="Vera Canary"):
    conversation = Vera(inbox).writes().conversation
    Contact.objects.filter(pk=conversation.contact_id).update(name=name)
    post_reply(conversation, body="Hi", client_id=new_id(), by=member)
    return conversation


def test_agents_may_not_see_them(acme, sign_in):
    client = sign_in(acme.bob)
    for page in [*PAGES, *FILES]:
        assert client.get(URL + page).status_code == 403
    assert URL not in client.get("/w/acme/conversations/").text
    assert URL in sign_in(acme.alice).get("/w/acme/conversations/").text


def test_a_role_of_ones_own_may_see_them_and_nothing_else(acme, sign_in, reader):
    page = sign_in(reader()).get(URL).text
    assert re.search(r"<h1[^>]*>\s*Reports\s*</h1>", page)
    assert "/w/acme/conversations/" not in page


def test_nothing_of_another_workspace(acme, globex, sign_in):
    answered(acme.inbox, acme.bob)
    record_new_entries()
    client = sign_in(globex.charlie)
    for page in [*PAGES, *FILES]:
        assert client.get(URL + page).status_code == 404
    text = everything(client, "/w/globex/reports/")
    for secret in ("Canary", "Bob", "Bea", "Acme", str(acme.inbox.pk), str(acme.bob.pk)):
        assert secret not in text
    assert total(sign_in(acme.alice)) == 1


@pytest.mark.parametrize("name", ["inbox", "agent", "team"])
def test_a_foreign_or_unknown_filter_narrows_nothing(name, acme, globex, sign_in):
    answered(acme.inbox, acme.bob)
    record_new_entries()
    team = Team.objects.create(workspace=globex.workspace, name="Sales")
    TeamMember.objects.create(workspace=globex.workspace, team=team, membership=globex.charlie)
    foreign = {"inbox": globex.inbox, "agent": globex.charlie, "team": team}[name]
    client = sign_in(acme.alice)
    for value in (foreign.pk, uuid4(), "nonsense", "\x00"):
        assert total(client, query=f"{TODAY}&{name}={value}") == 1


def test_a_reader_sees_only_figures_of_their_inboxes(acme, sign_in, reader):
    secret = create_inbox(acme.workspace, name="Secret", members=[acme.bea])
    answered(acme.inbox, acme.bea, name="Here")
    answered(secret, acme.bea, name="Canary")
    record_new_entries()
    client = sign_in(reader("see_all", "answer"))
    assert total(client) == total(client, "replies") == 1
    assert total(client, query=f"{TODAY}&inbox={secret.pk}") == 1
    text = everything(client)
    assert "Here" in text
    for word in ("Secret", "Canary", str(secret.pk)):
        assert word not in text
    add_inbox_member(secret, membership=acme.bob)
    assert total(client) == 2


def test_a_reader_who_does_not_see_all_has_only_figures_of_what_they_see(acme, sign_in, reader):
    answered(acme.inbox, acme.bea, name="Canary of Bea")
    Vera(acme.inbox).writes()
    record_new_entries()
    client = sign_in(reader("answer"))
    assert total(client) == 1
    assert total(client, "replies") == 0
    assert "Canary" not in everything(client)


def test_a_member_who_does_not_answer_sees_no_contacts_and_no_links_to_them(acme, sign_in, reader):
    conversation = answered(acme.inbox, acme.bea)
    record_new_entries()
    client = sign_in(reader("see_all"))
    page = client.get(f"{URL}list/?{TODAY}").text
    assert str(conversation) in page
    text = everything(client)
    assert "Canary" not in text
    assert "/w/acme/conversations/" not in text
    header, _row = read_csv(client.get(f"{URL}conversations.csv?{TODAY}"))
    assert "contact" not in header
    assert "Canary" in everything(sign_in(acme.alice))


def test_without_an_inbox_there_is_an_explanation(acme, sign_in, reader):
    answered(acme.inbox, acme.bea)
    record_new_entries()
    acme.inbox.members.filter(membership=acme.bob).delete()
    client = sign_in(reader("see_all"))
    for page in PAGES:
        if page not in ("now/", "section/"):
            assert "not a member of any inbox" in client.get(URL + page).text.replace("&#x27;", "'")
    assert "Bea" not in everything(client)
