"""Every link in an email begins with SITE_URL, whatever the request's Host header.

Threat: a stranger requests a reset of someone else's password with a forged Host header, and the
owner's click sends the secret to that host.
"""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail

from accounts.models import User
from outbox.tasks import sweep

HOSTS = ["testserver:4444", "testserver.", "testserver.:4444", "127.0.0.1:1", "[::1]:4444"]
EMAIL = "alice@acme.example"
SIGNUP = {
    "name": "Nora",
    "workspace_name": "Neumann",
    "email": "nora@neumann.example",
    "password1": "correct horse battery",
}
HOST_OF_REQUEST = re.compile(r"get_host|build_absolute_uri|request\.(META|scheme|headers)")


@pytest.fixture
def alice(db):
    user = User.objects.create_user(EMAIL, "correct horse battery", name="Alice")
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def links():
    sweep()
    (message,) = mail.outbox
    html = next(part.content for part in message.alternatives)
    found = re.findall(r"https?://[^\s\"<>]+", message.body + html)
    return [link for link in found if "w3.org" not in link]


def assert_ours(found):
    assert found
    for link in found:
        assert link.startswith(f"{settings.SITE_URL}/"), link


@pytest.mark.parametrize("host", HOSTS)
def test_a_password_reset(alice, client, host):
    client.post("/accounts/password/reset/", {"email": EMAIL}, headers={"Host": host})
    assert_ours(links())


@pytest.mark.parametrize("host", HOSTS)
def test_a_password_reset_for_an_unknown_address(db, client, host):
    client.post("/accounts/password/reset/", {"email": "x@y.example"}, headers={"Host": host})
    assert_ours(links())


@pytest.mark.parametrize("host", HOSTS)
def test_the_confirmation_of_a_new_account(db, client, host):
    client.post("/accounts/signup/", SIGNUP, headers={"Host": host})
    assert_ours(links())


@pytest.mark.parametrize("host", HOSTS)
def test_the_confirmation_of_an_added_address(alice, client, host):
    client.force_login(alice)
    data = {"email": "alice@home.example", "action_add": ""}
    client.post("/accounts/email/", data, headers={"Host": host})
    assert_ours(links())


@pytest.mark.parametrize("host", HOSTS)
def test_the_notice_that_an_account_exists(alice, client, host, monkeypatch):
    monkeypatch.setattr(settings, "ACCOUNT_EMAIL_VERIFICATION", "mandatory")
    client.post("/accounts/signup/", SIGNUP | {"email": EMAIL}, headers={"Host": host})
    assert_ours(links())


@pytest.mark.parametrize("host", HOSTS)
def test_an_invitation(acme, sign_in, host):
    role = acme.workspace.roles.get(key="agent").pk
    data = {"email": "noor@acme.example", "name": "Noor", "role": role}
    sign_in(acme.alice).post("/w/acme/team/invitations/new/", data, headers={"Host": host})
    assert_ours([link for link in links() if not link.startswith("mailto:")])


def test_no_email_template_uses_the_host():
    templates = [
        template
        for folder in (settings.BASE_DIR / "templates").rglob("email")
        for template in folder.iterdir()
    ]
    assert len(templates) > 40
    assert [each.name for each in templates if HOST_OF_REQUEST.search(each.read_text())] == []


def test_no_code_builds_a_url_from_the_request():
    apps = ("accounts", "teams", "inbox", "routing", "widget", "outbox", "messagehub")
    modules = [module for app in apps for module in (settings.BASE_DIR / app).rglob("*.py")]
    assert len(modules) > 100
    assert [each.name for each in modules if "build_absolute_uri" in each.read_text()] == []
