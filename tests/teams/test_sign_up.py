"""Who can create accounts and workspaces (SIGNUP), and how many workspaces."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import LimitCounter, User
from teams import new_workspaces
from teams.actions.invitation import copy_link, invite_member
from teams.actions.workspace import create_own_workspace
from teams.models import Membership, Workspace
from teams.trust import is_trusted
from tests.conftest import COMMITS, in_parallel, make_user
from tests.teams.trust import confirm, grow_old

PASSWORD = "correct horse battery"
SIGNUP = {"name": "Nora", "workspace_name": "Neumann", "password1": PASSWORD}
HOME = "198.51.100.7"


def sign_up(email="nora@neumann.example", address=HOME):
    return Client(REMOTE_ADDR=address).post("/accounts/signup/", SIGNUP | {"email": email})


def new_workspace(membership, name="Second", address=HOME):
    client = Client(REMOTE_ADDR=address)
    client.force_login(membership.user)
    return client.post("/workspaces/new/", {"workspace_name": name})


@pytest.fixture
def link(acme):
    """Return an invitation link for someone without an account."""
    role = acme.workspace.roles.get(key="agent")
    invitation = invite_member(
        acme.workspace, email="noor@acme.example", name="Noor", role=role, by=acme.alice
    )
    return copy_link(invitation, by=acme.alice).partition("http://localhost:8000")[2]


def join(link):
    return Client().post(link, {"name": "Noor", "password": PASSWORD})


# --- Limits ---


def test_person_has_a_daily_limit_of_workspaces(acme):
    most = new_workspaces.BY_PERSON.max_count
    answers = [new_workspace(acme.alice, f"W{number}") for number in range(most + 1)]
    assert [answer.status_code for answer in answers] == [302] * most + [400]
    assert "Try again tomorrow" in answers[-1].text
    assert acme.alice.user.memberships.count() == most + 1
    assert new_workspace(acme.alice, address="203.0.113.9").status_code == 400
    assert new_workspace(acme.bob).status_code == 302


def test_new_accounts_do_not_bypass_the_limit(db):
    most = new_workspaces.BY_ADDRESS.max_count
    for number in range(most):
        sign_up(f"person{number}@x.example")
    assert Workspace.objects.count() == most
    refused = sign_up("more@x.example")
    assert "Too many workspaces were created from here today" in refused.text
    assert not User.objects.filter(email="more@x.example").exists()
    assert sign_up("more@x.example", "203.0.113.9").status_code == 302


def test_refusals_do_not_use_up_the_installation_limit(acme, settings):
    settings.NEW_WORKSPACES_A_DAY = new_workspaces.BY_PERSON.max_count + 1
    for number in range(10):
        new_workspace(acme.alice, f"W{number}")
    assert new_workspace(acme.bob).status_code == 302
    assert new_workspace(acme.bea).status_code == 400
    assert "Try again tomorrow" in sign_up(address="203.0.113.9").text


def test_account_is_kept_when_its_workspace_hits_the_limit(db, settings, monkeypatch):
    settings.NEW_WORKSPACES_A_DAY = 1
    monkeypatch.setattr("teams.forms.workspace.refuse_if_used_up", lambda: None)  # as in a race
    sign_up("first@x.example")
    sign_up("second@x.example")
    assert User.objects.count() == 2
    assert Workspace.objects.count() == 1


def test_invalid_form_is_not_counted(acme):
    for _ in range(20):
        new_workspace(acme.alice, "")
    assert not LimitCounter.objects.exists()


@COMMITS
def test_parallel_requests_are_counted_one_by_one():
    alice = make_user("Alice", "acme")

    def try_it(number):
        try:
            return bool(create_own_workspace(f"W{number}", by=alice))
        except new_workspaces.CannotCreate:
            return False

    assert in_parallel(10, try_it).count(True) == new_workspaces.BY_PERSON.max_count
    assert Workspace.objects.count() == new_workspaces.BY_PERSON.max_count


# --- SIGNUP ---


def test_open_is_the_default(settings, db):
    assert settings.SIGNUP == "open"
    assert "Create an account" in Client().get("/accounts/login/").text


@pytest.mark.parametrize("mode", ["invite", "closed"])
def test_strangers_cannot_sign_up(db, settings, mode):
    settings.SIGNUP = mode
    assert "Sign-up is closed" in Client().get("/accounts/signup/").text
    assert "Sign-up is closed" in sign_up().text
    assert not User.objects.exists()
    assert "Create an account" not in Client().get("/accounts/login/").text


def test_each_mode_explains_itself(db, settings):
    settings.SIGNUP = "invite"
    assert "You need an invitation to create an account" in Client().get("/accounts/signup/").text
    assert "Ask an administrator" in Client().get("/accounts/login/").text
    settings.SIGNUP = "closed"
    assert "not even with an invitation" in Client().get("/accounts/signup/").text
    assert "Sign-up is closed" in Client().get("/accounts/login/").text


def test_invite_allows_accounts_for_invitations(settings, link):
    settings.SIGNUP = "invite"
    assert join(link).status_code == 302
    assert User.objects.filter(email="noor@acme.example").exists()


def test_closed_refuses_accounts_for_invitations(settings, link, acme):
    settings.SIGNUP = "closed"
    for answer in (Client().get(link), join(link)):
        assert answer.status_code == 403
        assert "Sign-up is closed" in answer.text
    assert not User.objects.filter(email="noor@acme.example").exists()
    client = Client()
    client.force_login(acme.alice.user)
    form = client.get("/w/acme/team/invitations/new/").text
    assert "only people who already have an account can accept" in form


def test_closed_lets_existing_users_join(settings, acme, globex):
    settings.SIGNUP = "closed"
    confirm(globex.charlie.user)
    role = acme.workspace.roles.get(key="agent")
    fields = {"email": globex.charlie.user.email, "name": "Charlie", "role": role}
    invitation = invite_member(acme.workspace, **fields, by=acme.alice)
    link = copy_link(invitation, by=acme.alice).partition("http://localhost:8000")[2]
    client = Client()
    client.force_login(globex.charlie.user)
    assert client.post(link)["Location"] == "/w/acme/"


def test_invite_lets_only_administrators_create_workspaces(settings, acme):
    settings.SIGNUP = "invite"
    refused = new_workspace(acme.bob)
    assert refused.status_code == 403
    assert "Only workspace administrators can create" in refused.text
    assert new_workspace(acme.alice)["Location"] == "/w/second/welcome/"


def test_invite_refuses_former_administrators(settings, acme):
    settings.SIGNUP = "invite"
    Workspace.objects.filter(pk=acme.workspace.pk).update(deleted_at=acme.workspace.created_at)
    assert new_workspace(acme.alice).status_code == 403


def test_closed_lets_no_one_create_workspaces(settings, acme):
    settings.SIGNUP = "closed"
    refused = new_workspace(acme.alice)
    assert refused.status_code == 403
    assert "Creating workspaces is turned off" in refused.text
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize(("mode", "offers"), [("open", True), ("invite", False), ("closed", False)])
def test_refused_actions_are_not_offered(settings, acme, mode, offers):
    settings.SIGNUP = mode
    client = Client()
    client.force_login(acme.bob.user)
    for path in ("/workspaces/", "/w/acme/conversations/"):
        assert ("/workspaces/new/" in client.get(path).text) == offers


@pytest.mark.parametrize("mode", ["invite", "closed"])
def test_email_to_an_unknown_address_offers_only_open_sign_up(db, client, settings, mode):
    from outbox.models import Delivery

    settings.SIGNUP = mode
    client.post("/accounts/password/reset/", {"email": "x@y.example"})
    payload = Delivery.objects.get().payload
    assert "/accounts/signup/" not in payload["text"] + payload["html"]


# --- The operator's command ---


def run(*arguments, **options):
    out = StringIO()
    call_command("create_account", *arguments, stdout=out, **options)
    return out.getvalue()


def test_operator_creates_an_account_and_a_workspace(db, settings, client):
    settings.SIGNUP = "closed"
    said = run("Alice@Acme.example", name="Alice", workspace="Acme")
    assert f"{settings.SITE_URL}/w/acme/" in said
    alice = Membership.objects.get()
    assert alice.is_administrator
    assert not is_trusted(alice.workspace)
    grow_old(alice.workspace)
    assert is_trusted(alice.workspace)
    link = re.search(rf"{settings.SITE_URL}(/accounts/\S+)", said)[1]
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    answer = client.post("/accounts/login/", {"login": "alice@acme.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/")["Location"] == "/w/acme/"


def test_operator_creates_a_workspace_for_an_existing_account(acme):
    said = run("BOB@acme.example", workspace="Bob's")
    assert "Choose a password" not in said
    assert acme.bob.user.memberships.count() == 2


def test_operator_chooses_the_language_of_the_workspace(acme):
    run("bob@acme.example", "--language", "es", workspace="Lámparas")
    workspace = acme.bob.user.memberships.exclude(workspace=acme.workspace).get().workspace
    assert workspace.language == "es"
    assert workspace.roles.filter(name="Agente").exists()
    assert acme.workspace.language == "en"


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (["alice@acme.example", "--language", "xx"], {"name": "Alice"}, "--language"),
        (["nonsense"], {"name": "Alice"}, "nonsense"),
        (["alice@acme.example"], {}, "--name"),
        (["alice@acme.example"], {"name": "\u3164"}, "--name"),
        (["alice@acme.example"], {"name": "Alice", "workspace": "x" * 81}, "--workspace"),
    ],
)
def test_invalid_arguments_create_nothing(db, arguments, options, text):
    with pytest.raises(CommandError, match=text):
        run(*arguments, **options)
    assert not User.objects.exists()


def test_existing_account_is_refused(acme):
    with pytest.raises(CommandError, match="has an account already"):
        run("bob@acme.example", name="Bob")
