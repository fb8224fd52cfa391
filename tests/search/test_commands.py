"""The command bar offers and finds what its member may open, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.inbox import create_inbox
from inbox.models import SavedView
from search.indexing import index_new_messages
from teams.actions.role import save_role
from teams.models import Membership

COMMANDS, RESULTS = "/w/acme/commands/", "/w/acme/commands/results/"


def commands(client):
    return client.get(COMMANDS).text


def found(client, query):
    response = client.get(RESULTS, {"q": query})
    assert response.status_code == 200
    return response.text


def narrow(acme, member, *permissions):
    role = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=member.pk).update(role=role)


def test_an_administrator_goes_everywhere(acme, globex, sign_in):
    page = commands(sign_in(acme.alice))
    for label in ("Unassigned", acme.inbox.name, "Contacts", "Reports: agents", "Roles", "Profile"):
        assert f">{label}</span>" in page
    assert f"Settings of {acme.inbox.name}" in page
    assert "Globex" not in page
    assert str(globex.inbox.pk) not in page


def test_an_agent_is_offered_no_page_that_refuses_them(acme, sign_in):
    client = sign_in(acme.bob)
    page = commands(client)
    urls = [part.split('"')[0].replace("&amp;", "&") for part in page.split(' href="')[1:]]
    urls = [url for url in urls if url.startswith(("/w/", "/accounts/"))]
    assert len(urls) > 10
    assert {client.get(url).status_code for url in urls} <= {200, 302}
    for label in ("Reports", "Roles", "General", "Settings of"):
        assert label not in page


def test_a_member_who_answers_nothing_has_only_pages(acme, sign_in):
    narrow(acme, acme.bea, "manage_team")
    client = sign_in(acme.bea)
    page = commands(client)
    assert "Team Members" in page
    assert "view=mine" not in page
    assert 'data-results-url=""' in page
    assert client.get(RESULTS, {"q": "hello"}).status_code == 403


def test_own_and_shared_views_are_offered(acme, sign_in):
    for name, member in (("Bobs", acme.bob), ("Beas", acme.bea), ("Ours", None)):
        SavedView.objects.create(
            workspace=acme.workspace, member=member, name=name, query="view=all&order=oldest"
        )
    page = commands(sign_in(acme.bob))
    assert "Bobs" in page
    assert "Ours" in page
    assert "Beas" not in page


def test_the_number_of_queries_does_not_grow(acme, sign_in):
    client = sign_in(acme.alice)
    commands(client)
    with CaptureQueriesContext(connection) as few:
        commands(client)
    for number in range(30):
        create_inbox(acme.workspace, name=f"Inbox {number}", by=acme.alice)
    with CaptureQueriesContext(connection) as many:
        assert "Inbox 29" in commands(client)
    assert len(many) == len(few) <= 10


@pytest.fixture
def conversation(acme, vera):
    conversation = vera.writes("The kettle leaks <b>badly</b>").conversation
    contact = conversation.contact
    contact.name, contact.email = "Vera Novak", "vera@example.com"
    contact.save()
    index_new_messages()
    return conversation


def test_it_finds_conversations_contacts_and_messages(acme, conversation, sign_in):
    client = sign_in(acme.bob)
    assert f"/conversations/{conversation.number}/?view=all" in found(
        client, f"#{conversation.number}"
    )
    assert f"/contacts/{conversation.contact_id}/" in found(client, "nova")
    page = found(client, "kett")
    assert "<mark>kettle</mark>" in page
    assert "&lt;b&gt;badly" in page
    assert "entry=1" in page
    assert 'href="/w/acme/search/?q=kett"' in page
    assert "role" not in found(client, "")


def test_it_finds_nothing_that_a_member_may_not_open(acme, globex, conversation, sign_in):
    narrow(acme, acme.bea, "answer")
    conversation.assignee = acme.bob
    conversation.save()
    for query in ("kettle", "nova", f"#{conversation.number}"):
        assert "Vera" in found(sign_in(acme.bob), query)
        page = found(sign_in(acme.bea), query)
        assert "data-into" not in page
        assert "Vera" not in page
    assert sign_in(globex.charlie).get(RESULTS, {"q": "kettle"}).status_code == 404
    foreign = sign_in(globex.charlie).get("/w/globex/commands/results/", {"q": "kettle"}).text
    assert "data-into" not in foreign


@pytest.mark.parametrize("query", ["\x00", "'", "a" * 5000, "#99999999999", "-", '"'])
def test_odd_queries_are_harmless(acme, conversation, sign_in, query):
    response = sign_in(acme.bob).get(RESULTS, {"q": query})
    assert response.status_code in (200, 400)
    assert "Vera" not in response.text
