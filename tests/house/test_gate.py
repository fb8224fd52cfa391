"""Nobody sees what isn't theirs: every route under a workspace, asked by everybody.

The list of routes is the URLconf itself; a route this test has no arguments for fails it.
"""

from uuid import uuid4

import pytest

from teams.access import ANY_MEMBER
from teams.models import Membership, Role
from teams.permissions import AGENT, Permission
from teams.views.availability import presence
from tests.house.routes import ROUTES, address, addresses, names, other_routes, workspace_routes

EVERYBODY = {
    "presence",
    "presence-leave",
    "away",
    "back",
    "leaving",
    "my-hours",
    "my-notifications",
    "logo",
    "my-account",
    "signing-out",
    "welcome",
}
# What belongs to one person: the sample is Bob's, and does not exist for anybody else.
BOBS_OWN = {"handover-undoing"}


def ask(client, url):
    """GET and POST: 405 says that the gate was not reached, the other one tells."""
    answers = [client.get(url), client.post(url)]
    return {answer.status_code for answer in answers} - {405}


def test_there_are_routes_to_test():
    assert len(workspace_routes()) > 15


@ROUTES
def test_every_route_under_a_workspace_goes_through_the_gate(route):
    view = route.callback
    assert getattr(view, "required_permissions", None), f"{route.name} has no gate"


def others_than(wanted, client, pages):
    """{route: what it answered} of those that let somebody further."""
    answers = {route.name: ask(client, url) for route, url in pages}
    assert len(answers) > 10
    return {name: answer for name, answer in answers.items() if not answer <= wanted}


def test_nobody_is_let_in_without_signing_in(acme, conversation, client):
    pages = addresses(acme, conversation)
    assert others_than({302, 401}, client, pages) == {}
    for _route, url in pages:
        page = client.get(url, headers={"Accept": "text/html"})
        assert page.status_code != 302 or page["Location"].startswith("/accounts/login/")


def test_for_members_of_other_workspaces_it_does_not_exist(acme, globex, conversation, sign_in):
    pages = addresses(acme, conversation)
    assert others_than({404}, sign_in(globex.charlie), pages) == {}


@pytest.mark.parametrize("ended", ["removed_at", "suspended_at"])
def test_a_removed_or_suspended_member_is_a_stranger(acme, conversation, sign_in, ended):
    client = sign_in(acme.bob)
    Membership.objects.filter(pk=acme.bob.pk).update(**{ended: "2026-01-01T00:00Z"})
    assert others_than({404}, client, addresses(acme, conversation)) == {}


def test_of_an_inbox_an_agent_does_not_answer_nothing_exists(acme, conversation, sign_in):
    """Neither its conversations, nor their contacts and decisions."""
    acme.inbox.members.filter(membership=acme.bea).delete()
    pages = [
        (route, url)
        for route, url in addresses(acme, conversation)
        if names(route) & {"number", "contact", "decision"}
    ]
    assert others_than({404}, sign_in(acme.bea), pages) == {}


@ROUTES
def test_an_agent_is_refused_what_agents_may_not(route, acme, conversation, sign_in):
    answers = ask(sign_in(acme.bob), address(route, acme, conversation))
    if route.callback.required_permissions <= AGENT | {ANY_MEMBER}:
        assert answers.isdisjoint({401, 403, 404, 500})
    else:
        assert answers == {403}


@ROUTES
def test_a_role_without_permissions_reaches_only_what_every_member_may(
    route, acme, conversation, sign_in
):
    url = address(route, acme, conversation)
    acme.bob.role = Role.objects.get(name="Guest")
    acme.bob.save()
    answers = ask(sign_in(acme.bob), url)
    if route.name in EVERYBODY:
        assert answers.isdisjoint({401, 403, 404, 500})
    else:
        assert answers == {403}


@ROUTES
def test_what_is_about_a_conversation_or_a_contact_needs_who_may_read_it(
    route, acme, conversation, sign_in
):
    """Its answer shows it: the conversation again, the contact's page with what is wrong."""
    if not names(route) & {"number", "contact", "decision"}:
        return
    url = address(route, acme, conversation)
    every = [each for each in Permission if each != Permission.ANSWER]
    acme.bob.role = Role.objects.create(workspace=acme.workspace, name="Desk", permissions=every)
    acme.bob.save()
    assert ask(sign_in(acme.bob), url) == {403}


@ROUTES
def test_an_administrator_reaches_everything(route, acme, conversation, sign_in):
    answers = ask(sign_in(acme.alice), address(route, acme, conversation))
    if route.name in BOBS_OWN:
        assert answers == {404}
    else:
        assert answers.isdisjoint({401, 403, 404, 500})


def test_the_rows_of_other_workspaces_do_not_exist_in_mine(acme, globex, conversation, sign_in):
    """Parent accessible, child foreign: /w/globex/ with Acme's things."""
    pages = [
        (route, url.replace("/w/acme/", "/w/globex/"))
        for route, url in addresses(acme, conversation)
        if route.pattern.converters
    ]
    assert others_than({404}, sign_in(globex.charlie), pages) == {}


# allauth's pages, the mail provider's reports, the demo and the local mailbox have tests of their
# own.
ELSEWHERE = ("accounts", "anymail", "demo", "mailbox")


def test_routes_outside_a_workspace_are_known():
    """A new one must be looked at: it has no gate."""
    paths = {path for path, _pattern in other_routes()}
    assert {path for path in paths if path.partition("/")[0] not in ELSEWHERE} == {
        "",
        "healthz",
        "invitations/<str:token>/",
        "invitations/<str:token>/switch/",
        "unsubscribe/<str:token>/",
        "unsubscribe/<str:token>/undo/",
        "widget/<slug:key>.js",
        "widget/<slug:key>/email/",
        "widget/<slug:key>/frame/",
        "widget/<slug:key>/messages/",
        "widget/<slug:key>/reading/",
        "widget/<slug:key>/ticket/",
        "workspaces/",
        "workspaces/<slug:workspace>/restoration/",
        "workspaces/first-steps/",
        "workspaces/new/",
    }


def test_unknown_ids_do_not_exist(acme, conversation, sign_in):
    client = sign_in(acme.alice)
    for path in (
        "conversations/999999/",
        "conversations/99999999999999999999/",
        f"conversations/{conversation.number}/decisions/{uuid4()}/",
        f"inboxes/{uuid4()}/installation/",
    ):
        assert client.get(f"/w/acme/{path}").status_code == 404


def test_the_mark_is_set_by_the_gate_alone():
    assert presence.required_permissions == {"any member"}
