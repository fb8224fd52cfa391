"""Nobody sees what isn't theirs: every route under a workspace, asked by everybody.

The list of routes is the URLconf itself; a route this test has no arguments for fails it.
"""

from uuid import uuid4

from teams.access import ANY_MEMBER
from teams.models import Membership, Role
from teams.permissions import AGENT
from teams.views.availability import presence
from tests.house.routes import ROUTES, address, other_routes, workspace_routes

EVERYBODY = {
    "presence",
    "presence-leave",
    "away",
    "back",
    "leaving",
    "my-hours",
    "my-notifications",
    "logo",
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
    assert getattr(view, "required_permission", None), f"{route.name} has no gate"


@ROUTES
def test_nobody_is_let_in_without_signing_in(route, acme, conversation, client):
    url = address(route, acme, conversation)
    assert ask(client, url) <= {302, 401}
    page = client.get(url, headers={"Accept": "text/html"})
    if page.status_code == 302:
        assert page["Location"].startswith("/accounts/login/")


@ROUTES
def test_for_members_of_other_workspaces_it_does_not_exist(
    route, acme, globex, conversation, sign_in
):
    url = address(route, acme, conversation)
    assert ask(sign_in(globex.charlie), url) == {404}


@ROUTES
def test_a_removed_member_is_a_stranger(route, acme, conversation, sign_in):
    client = sign_in(acme.bob)
    Membership.objects.filter(pk=acme.bob.pk).update(removed_at="2026-01-01T00:00Z")
    assert ask(client, address(route, acme, conversation)) == {404}


@ROUTES
def test_an_agent_is_refused_what_agents_may_not(route, acme, conversation, sign_in):
    answers = ask(sign_in(acme.bob), address(route, acme, conversation))
    if route.callback.required_permission in AGENT | {ANY_MEMBER}:
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
def test_an_administrator_reaches_everything(route, acme, conversation, sign_in):
    answers = ask(sign_in(acme.alice), address(route, acme, conversation))
    if route.name in BOBS_OWN:
        assert answers == {404}
    else:
        assert answers.isdisjoint({401, 403, 404, 500})


@ROUTES
def test_the_rows_of_other_workspaces_do_not_exist_in_mine(route, acme, globex, sign_in, online):
    """Parent accessible, child foreign: /w/globex/ with Acme's things."""
    from tests.conftest import Vera

    online(acme.bob)
    conversation = Vera(acme.inbox).writes().conversation
    own = address(route, acme, conversation)
    foreign = own.replace("/w/acme/", "/w/globex/")
    if route.pattern.converters:
        assert ask(sign_in(globex.charlie), foreign) == {404}


def test_routes_outside_a_workspace_are_known():
    """A new one must be looked at: it has no gate."""
    assert {path.partition("/")[0] for path, _pattern in other_routes()} <= {
        "",
        "accounts",
        "anymail",  # only with a secret: tests/outbox/test_webhooks.py
        "demo",
        "healthz",
        "invitations",
        "unsubscribe",
        "widget",
        "workspaces",
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
    assert presence.required_permission == "any member"
