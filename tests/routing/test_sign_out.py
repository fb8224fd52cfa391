"""Before members sign out, each workspace offers to hand over their open conversations."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import resolve_conversation
from routing.handover import form as handover_form
from teams.models import Membership, Role
from tests.conftest import Vera
from tests.routing.engine.conftest import stored
from tests.routing.handovers import URL, choose, holder, shown_on


def test_an_agent_who_can_only_answer_signs_out_at_once(acme, give_bob, sign_in):
    give_bob()
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Only answers", permissions=["answer"]
    )
    acme.bob.save()
    answer = sign_in(acme.bob).post("/w/acme/sign-out/")
    assert answer["Location"] == "/accounts/login/"


def test_signing_out_with_open_conversations_shows_the_handover_page(acme, give_bob, sign_in):
    conversation = give_bob()
    client = sign_in(acme.bob)
    answer = client.post("/w/acme/sign-out/")
    assert answer["Location"] == f"{URL}?then=sign-out"
    page = client.get(answer["Location"]).text
    assert "Hand over and sign out" in page
    assert "You're handing over conversations in" not in page
    data = choose(conversation, acme.bea)
    assert client.post(answer["Location"], data)["Location"] == "/accounts/login/"
    assert holder(conversation) == acme.bea
    assert client.get(URL).status_code in (302, 401)


@pytest.fixture
def in_both(acme, globex, give_bob):
    """Bob is also Globex's only member and has an open conversation in each workspace."""
    Membership.objects.filter(pk=globex.charlie.pk).update(user=acme.bob.user)
    theirs = Vera(globex.inbox).writes("At Globex").conversation
    assign_conversation(theirs, assignee=Membership.objects.get(pk=globex.charlie.pk))
    return give_bob(), theirs


def test_signing_out_covers_the_other_workspaces_too(acme, in_both, sign_in):
    resolve_conversation(in_both[1])
    answer = sign_in(acme.bob).post("/w/globex/sign-out/")
    assert answer["Location"] == f"{URL}?then=sign-out"


def test_each_workspace_with_open_conversations_shows_its_page(acme, in_both, sign_in):
    client = sign_in(acme.bob)
    first = client.post("/w/acme/sign-out/")["Location"]
    assert first == f"{URL}?then=sign-out"
    page = client.get(first).text
    assert "Hand over and continue" in page
    assert "You're handing over conversations in Acme." in page
    assert "Hand over and sign out" not in page
    second = client.post(first, choose(in_both[0], acme.bea))["Location"]
    assert second == "/w/globex/handover/?then=sign-out&asked=acme"
    page = client.get(second).text
    assert "At Globex" in page
    assert "You're handing over conversations in Globex." in page
    assert "Hand over and sign out" in page
    assert client.post(second, choose(in_both[1], "snooze"))["Location"] == "/accounts/login/"
    assert (holder(in_both[0]), stored(in_both[1]).is_snoozed) == (acme.bea, True)
    assert client.get(URL).status_code in (302, 401)


def test_keeping_all_signs_out_of_every_workspace_at_once(acme, in_both, sign_in):
    client = sign_in(acme.bob)
    page = client.get(client.post("/w/globex/sign-out/")["Location"]).text
    assert "You also have open conversations in Acme. They come next." in page
    assert client.post(keep_all(page))["Location"] == "/accounts/login/"
    assert client.get(URL).status_code in (302, 401)
    assert [holder(each).user for each in in_both] == [acme.bob.user] * 2


def keep_all(page):
    return unescape(re.search(r'action="([^"]+)" id="sign-out"', page)[1])


def test_the_logout_url_redirects_to_the_handover_page(acme, give_bob, sign_in):
    give_bob()
    client = sign_in(acme.bob)
    for ask in (client.get, client.post):
        assert ask("/accounts/logout/")["Location"] == f"{URL}?then=sign-out"
    assert client.get(URL).status_code == 200


def test_without_open_conversations_signing_out_is_one_click(acme, sign_in):
    client = sign_in(acme.bob)
    assert 'action="/w/acme/sign-out/"' in client.get("/accounts/logout/").text
    assert client.post("/w/acme/sign-out/")["Location"] == "/accounts/login/"
    assert client.get(URL).status_code in (302, 401)


@pytest.mark.parametrize("page", ["/workspaces/", "/w/acme/conversations/"])
def test_no_page_skips_the_offer(acme, give_bob, sign_in, page):
    give_bob()
    client = sign_in(acme.bob)
    actions = set(re.findall(r'<form[^>]* action="([^"]+)"', client.get(page).text))
    assert "/accounts/logout/" not in actions
    assert client.post("/w/acme/sign-out/")["Location"] == f"{URL}?then=sign-out"
    assert "/w/acme/sign-out/" in actions


@pytest.mark.parametrize("page", ["/workspaces/", "/accounts/logout/"])
def test_without_a_workspace_signing_out_is_immediate(acme, sign_in, page):
    Membership.objects.filter(pk=acme.bob.pk).update(removed_at=timezone.now())
    assert 'action="/accounts/logout/"' in sign_in(acme.bob).get(page).text


def test_no_other_template_links_to_the_logout_url():
    """Others would skip the offer. These two ask first, or serve users without a workspace."""
    templates = Path(__file__).parents[2] / "templates"
    found = [each for each in templates.rglob("*.html") if "account_logout" in each.read_text()]
    names = {str(each.relative_to(templates)) for each in found}
    assert names == {"teams/choose.html", "account/logout.html"}


def test_signing_out_shows_all_pages_first(acme, give_bob, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "CONVERSATIONS_PER_PAGE", 1)
    first, second = give_bob(2)
    client = sign_in(acme.bob)
    address = f"{URL}?then=sign-out"
    assert "Hand over and sign out" not in client.get(address).text
    next_page = client.post(address, choose(first, "keep"))["Location"]
    page = client.get(next_page)
    assert shown_on(page) == [second]
    assert "Hand over and sign out" in page.text
    assert client.post(next_page, choose(second, "queue"))["Location"] == "/accounts/login/"
    assert [holder(each) for each in (first, second)] == [acme.bob, None]


def test_the_pages_of_one_sign_out_are_counted_together(acme, give_bob, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "CONVERSATIONS_PER_PAGE", 1)
    one, two, three = give_bob(3)
    client = sign_in(acme.bob)
    page = client.post("/w/acme/sign-out/")["Location"]
    client.post(page, choose(one, "queue"))  # this sign-out is not completed
    page = client.post("/w/acme/sign-out/")["Location"]
    page = client.post(page, choose(two, acme.bea))["Location"]
    answer = client.post(page, choose(three, acme.bea), follow=True)
    assert "You're signed out. 2 conversations were handed over." in unescape(answer.text)
