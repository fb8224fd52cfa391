"""Signing out with open conversations: one is asked first, in every workspace, from everywhere."""

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
        workspace=acme.workspace, name="Answers", permissions=["answer"]
    )
    acme.bob.save()
    answer = sign_in(acme.bob).post("/w/acme/sign-out/")
    assert answer["Location"] == "/accounts/login/"


def test_signing_out_with_open_conversations_goes_through_the_page(acme, give_bob, sign_in):
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


def test_signing_out_without_open_conversations_is_one_click(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.post("/w/acme/sign-out/")["Location"] == "/accounts/login/"
    assert client.get(URL).status_code in (302, 401)


@pytest.fixture
def in_both(acme, globex, give_bob):
    """Bob, who is also Globex's only member, and has an open conversation in each."""
    Membership.objects.filter(pk=globex.charlie.pk).update(user=acme.bob.user)
    theirs = Vera(globex.inbox).writes("At Globex").conversation
    assign_conversation(theirs, assignee=Membership.objects.get(pk=globex.charlie.pk))
    return give_bob(), theirs


def test_signing_out_asks_about_the_other_workspaces_too(acme, in_both, sign_in):
    resolve_conversation(in_both[1])
    answer = sign_in(acme.bob).post("/w/globex/sign-out/")
    assert answer["Location"] == f"{URL}?then=sign-out"


def test_each_workspace_with_open_conversations_is_asked_in_turn(acme, in_both, sign_in):
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


def test_the_sign_out_address_leads_straight_to_the_page_that_asks(acme, give_bob, sign_in):
    give_bob()
    client = sign_in(acme.bob)
    for ask in (client.get, client.post):
        assert ask("/accounts/logout/")["Location"] == f"{URL}?then=sign-out"
    assert client.get(URL).status_code == 200


def test_the_sign_out_address_has_one_button_when_nothing_is_open(acme, sign_in):
    client = sign_in(acme.bob)
    assert 'action="/w/acme/sign-out/"' in client.get("/accounts/logout/").text
    assert client.post("/w/acme/sign-out/")["Location"] == "/accounts/login/"


def test_no_page_signs_out_past_the_offer(acme, give_bob, sign_in):
    give_bob()
    client = sign_in(acme.bob)
    actions = set(re.findall(r'<form[^>]* action="([^"]+)"', client.get("/workspaces/").text))
    assert "/accounts/logout/" not in actions
    assert client.post("/w/acme/sign-out/")["Location"] == f"{URL}?then=sign-out"
    assert "/w/acme/sign-out/" in actions


@pytest.mark.parametrize("page", ["/workspaces/", "/accounts/logout/"])
def test_without_a_workspace_one_signs_out_at_once(acme, sign_in, page):
    Membership.objects.filter(pk=acme.bob.pk).update(removed_at=timezone.now())
    assert 'action="/accounts/logout/"' in sign_in(acme.bob).get(page).text


def test_no_page_of_ours_is_left_that_signs_out_by_itself():
    """Else it would go past the offer: these ask whoever has a workspace, or have nobody else."""
    templates = Path(__file__).parents[2] / "templates"
    found = [each for each in templates.rglob("*.html") if "account_logout" in each.read_text()]
    names = {str(each.relative_to(templates)) for each in found}
    assert names == {"teams/choose.html", "account/logout.html"}


def test_signing_out_shows_all_pages_first(acme, give_bob, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "MOST", 1)
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


def test_what_every_page_handed_over_is_counted(acme, give_bob, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "MOST", 1)
    one, two, three = give_bob(3)
    client = sign_in(acme.bob)
    page = client.post("/w/acme/sign-out/")["Location"]
    client.post(page, choose(one, "queue"))  # and not gone through with
    page = client.post("/w/acme/sign-out/")["Location"]
    page = client.post(page, choose(two, acme.bea))["Location"]
    answer = client.post(page, choose(three, acme.bea), follow=True)
    assert "signed out. 2 conversations were handed over." in answer.text
