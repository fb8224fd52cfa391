"""No one sees what isn't theirs: every route under a workspace, requested by each kind of user.

The routes are read from the URLconf. A route for which this test has no arguments fails it.
"""

from copy import deepcopy
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from teams.models import Membership, Role
from teams.permissions import Permission
from teams.views.availability import presence
from tests.house.rollback import rolled_back
from tests.house.routes import addresses, names, other_routes, workspace_routes

EVERY_MEMBER = {
    "presence",
    "presence-leave",
    "away",
    "available",
    "leaving",
    "my-profile",
    "my-name",
    "my-photo",
    "my-photo-removal",
    "photo",
    "large-photo",
    "my-hours",
    "my-notifications",
    "logo",
    "my-account",
    "sign-out",
    "welcome",
    "commands",
}
# Listed here, not read from the routes, so that opening a route to agents is a decision.
AGENTS = EVERY_MEMBER | {
    *("reassign-replies", "keep-replies", "workspace", "live-ticket"),
    *("contacts", "contact", "contact-details", "contact-name", "contact-owner"),
    *(
        "contact-merge",
        "contact-notes",
        "contact-note-deletion",
        "contact-blocking",
        "contact-unblocking",
        "contact-labels",
    ),
    *("contacts-owner", "contacts-label-addition", "contacts-label-removal"),
    *("contact-job", "contact-job-cancellation"),
    *("conversations", "conversation-rows", "conversation-counts", "conversation", "entries"),
    *(
        "conversation-filters",
        "desk-inboxes",
        "desk-members",
        "saved-views",
        "saved-view",
        "saved-view-deletion",
    ),
    *("favourite", "favourite-removal"),
    *("mark-read", "replies", "notes", "assignment", "resolution", "reopening", "snooze", "wake"),
    *("mentionable", "follow", "unfollow"),
    *("conversation-labels", "conversation-priority", "conversation-team"),
    *("bulk", "bulk-count", "bulk-assignment", "bulk-labels", "bulk-priority", "bulk-team"),
    *("bulk-snooze", "bulk-wake", "bulk-resolution", "bulk-reopening"),
    *("bulk-run", "bulk-stop", "bulk-undo"),
    *("uploads", "file", "file-preview", "file-removal"),
    *("offered-replies", "decision", "waiting-reason", "handover", "handover-undo"),
    *("viewing", "typing", "draft", "entry-text", "entry-deletion"),
    *("notifications", "mark-notifications-read", "search", "command-results"),
}
# Routes of one person's own things: the sample is Bob's and doesn't exist for anyone else.
BOBS_OWN = {
    *("handover-undo", "saved-view", "saved-view-deletion"),
    *("contact-job", "contact-job-file", "contact-job-cancellation"),
    *("bulk-run", "bulk-stop", "bulk-undo"),
    *("contact-import", "contact-import-columns", "contact-import-start", "contact-import-errors"),
}
LET_IN, REFUSED, UNKNOWN, SIGNED_OUT = "let in", "refused", "unknown", "signed out"
CLOSED = {401: SIGNED_OUT, 403: REFUSED, 404: UNKNOWN}


@pytest.fixture
def pages(acme, conversation):
    """Return [(route, its URL)] of every route under a workspace."""
    return addresses(acme, conversation)


def verdicts(client, pages):
    """Return {route: responses to GET and POST}; each request is undone before the next."""
    found = {}
    for route, url in pages:
        signed_in = deepcopy(client.cookies)
        with rolled_back(), CaptureQueriesContext(connection) as asked:
            answers = {client.get(url).status_code, client.post(url).status_code}
        client.cookies = signed_in
        writes = [each["sql"] for each in asked if each["sql"].startswith(WRITES)]
        found[route.name] = verdict(answers, writes)
    assert found
    return found


WRITES = ("INSERT", "UPDATE", "DELETE")


def verdict(answers, writes):
    """Combine both responses. A 405 comes before the gate, so the other method decides."""
    codes = answers - {405}
    if codes and codes.isdisjoint(CLOSED) and max(codes) < 500:
        return LET_IN
    [code, *others] = codes or {405}
    return (codes, writes) if others or writes else CLOSED.get(code, code)


def expected(pages, decide):
    return {route.name: decide(route) for route, _url in pages}


def all_of(pages, word):
    return expected(pages, lambda route: word)


def about_a_conversation(pages):
    """Return the routes whose response shows a conversation or its contact."""
    return [page for page in pages if names(page[0]) & {"number", "contact", "decision", "file"}]


def test_every_route_under_a_workspace_goes_through_the_gate():
    routes = workspace_routes()
    assert len(routes) > 70
    ungated = [
        route.name for route in routes if not getattr(route.callback, "required_permissions", None)
    ]
    assert ungated == []


def test_signed_out_users_are_asked_to_sign_in(pages, client):
    assert verdicts(client, pages) == all_of(pages, SIGNED_OUT)
    with_page = 0
    for _route, url in pages:
        page = client.get(url, headers={"Accept": "text/html"})
        assert page.status_code in (302, 405)
        if page.status_code == 302:
            assert page["Location"].startswith("/accounts/login/?next=/w/acme/")
            with_page += 1
    assert with_page


def test_for_members_of_other_workspaces_the_routes_do_not_exist(pages, globex, sign_in):
    assert verdicts(sign_in(globex.charlie), pages) == all_of(pages, UNKNOWN)


@pytest.mark.parametrize("ended", ["removed_at", "suspended_at"])
def test_a_removed_or_suspended_member_is_a_stranger(acme, pages, sign_in, ended):
    client = sign_in(acme.bob)
    Membership.objects.filter(pk=acme.bob.pk).update(**{ended: "2026-01-01T00:00Z"})
    assert verdicts(client, pages) == all_of(pages, UNKNOWN)


def test_an_agent_sees_nothing_of_an_inbox_they_do_not_answer(acme, pages, sign_in):
    """This includes conversations, their contacts and routing decisions."""
    acme.inbox.members.filter(membership=acme.bea).delete()
    pages = about_a_conversation(pages)
    assert verdicts(sign_in(acme.bea), pages) == all_of(pages, UNKNOWN)


def test_an_agent_is_refused_without_permission(acme, pages, sign_in):
    assert verdicts(sign_in(acme.bob), pages) == expected(
        pages, lambda route: LET_IN if route.name in AGENTS else REFUSED
    )


def test_a_role_without_permissions_reaches_only_pages_for_all_members(acme, pages, sign_in):
    acme.bob.role = Role.objects.get(name="Guest")
    acme.bob.save()
    assert verdicts(sign_in(acme.bob), pages) == expected(
        pages, lambda route: LET_IN if route.name in EVERY_MEMBER else REFUSED
    )


def test_conversations_and_contacts_need_permission_to_answer(pages):
    for route, _url in about_a_conversation(pages):
        assert Permission.ANSWER in route.callback.required_permissions, route.name


def test_a_page_is_refused_without_one_of_its_permissions(acme, pages, sign_in):
    """Having all other permissions is not enough."""
    acme.bob.role = Role.objects.create(workspace=acme.workspace, name="Nearly", permissions=[])
    acme.bob.save()
    client, asked = sign_in(acme.bob), set()
    for permission in Permission:
        need = [page for page in pages if permission in page[0].callback.required_permissions]
        acme.bob.role.permissions = [each for each in Permission if each != permission]
        acme.bob.role.save()
        if need:
            assert verdicts(client, need) == all_of(need, REFUSED)
            asked |= {permission}
    assert len(asked) > 7


def test_an_administrator_reaches_everything(acme, pages, sign_in):
    assert verdicts(sign_in(acme.alice), pages) == expected(
        pages, lambda route: UNKNOWN if route.name in BOBS_OWN else LET_IN
    )


def test_rows_of_other_workspaces_do_not_exist_in_mine(pages, globex, sign_in):
    """The workspace is accessible but the row is foreign: /w/globex/ with Acme's ids."""
    foreign = [
        (route, url.replace("/w/acme/", "/w/globex/")) for route, url in pages if route.arguments
    ]
    assert verdicts(sign_in(globex.charlie), foreign) == all_of(foreign, UNKNOWN)


# allauth's pages, Django's admin, email webhooks, the demo and the local mailbox have their own
# tests.
ELSEWHERE = ("accounts", "admin", "anymail", "demo", "mailbox")


def test_routes_outside_a_workspace_are_known():
    """A new route has no gate, so someone must look at it."""
    paths = {path for path, _pattern in other_routes()}
    assert {path for path in paths if path.partition("/")[0] not in ELSEWHERE} == {
        "",
        "c/<slug:key>/",
        "c/<slug:key>/check/",
        "c/<slug:key>/conversations/",
        "c/<slug:key>/conversations/<uuid:conversation>/",
        "c/<slug:key>/email/",
        "c/<slug:key>/ending/",
        "c/<slug:key>/files/<uuid:file>/",
        "c/<slug:key>/files/<uuid:file>/preview/",
        "c/<slug:key>/messages/",
        "c/<slug:key>/rating/",
        "c/<slug:key>/transcript/",
        "healthz",
        "invitations/<str:token>/",
        "invitations/<str:token>/switch/",
        "unsubscribe/<str:token>/",
        "unsubscribe/<str:token>/undo/",
        "widget/<slug:key>.js",
        "widget/<slug:key>/chat.js",
        "widget/<slug:key>/email/",
        "widget/<slug:key>/files/",
        "widget/<slug:key>/files/<uuid:file>/",
        "widget/<slug:key>/files/<uuid:file>/preview/",
        "widget/<slug:key>/frame/",
        "widget/<slug:key>/identify/",
        "widget/<slug:key>/logo/<slug:digest>.png",
        "widget/<slug:key>/logout/",
        "widget/<slug:key>/messages/",
        "widget/<slug:key>/conversations/",
        "widget/<slug:key>/conversations/<uuid:conversation>/",
        "widget/<slug:key>/ending/",
        "widget/<slug:key>/menu/",
        "widget/<slug:key>/rating/",
        "widget/<slug:key>/transcript/",
        "widget/<slug:key>/prechat/",
        "widget/<slug:key>/read/",
        "widget/<slug:key>/typing/",
        "widget/<slug:key>/ticket/",
        "widget/photos/<slug:photo>.webp",
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


def test_only_the_gate_sets_the_mark():
    assert presence.required_permissions == {"any member"}
