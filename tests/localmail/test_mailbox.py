"""The mailbox of a local start: where its emails are shown, and to whom."""

import json
import os
import subprocess
import sys

import pytest
from django.core.mail import get_connection, send_mail
from django.test import Client

from dev import steps
from dev.checkout import ROOT
from localmail.models import LocalMail

ASK = """
import django, json
django.setup()
from django.conf import settings
from django.urls import NoReverseMatch, reverse
try:
    address = reverse("mailbox")
except NoReverseMatch:
    address = ""
print(json.dumps([settings.EMAIL_BACKEND, address, "localmail" in settings.INSTALLED_APPS]))
"""
PRODUCTION = {"SITE_URL": "https://chat.example.com", "SECRET_KEY": "k" * 60}


def settings_with(tmp_path, **environment):
    """Return [EMAIL_BACKEND, the mailbox's URL, whether its app is installed]."""
    clean = {name: value for name, value in os.environ.items() if name not in steps.OURS}
    clean |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "messagehub.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("demo", ["0", "1"])
def test_a_local_start_without_a_mail_server_has_a_mailbox(tmp_path, demo):
    found = settings_with(tmp_path, LOCAL="1", DEMO=demo)
    assert found == ["localmail.backend.MailboxBackend", "/mailbox/", True]


def test_with_a_mail_server_emails_are_sent(tmp_path):
    backend, address, _installed = settings_with(tmp_path, LOCAL="1", EMAIL_URL="smtp://localhost")
    assert (backend, address) == ("outbox.smtp.EmailBackend", "")


@pytest.mark.parametrize("more", [{}, {"EMAIL_URL": "smtp://localhost"}])
def test_production_has_no_mailbox(tmp_path, more):
    backend, address, installed = settings_with(tmp_path, **PRODUCTION, **more)
    assert "localmail" not in backend
    assert (address, installed) == ("", False)


@pytest.fixture
def sent(db):
    connection = get_connection("localmail.backend.MailboxBackend")
    send_mail("Reset", "The link", None, ["vera@example.com"], connection=connection)
    return LocalMail.objects.get()


def pages(mail):
    return ["/mailbox/", f"/mailbox/{mail.pk}/", f"/mailbox/{mail.pk}/html/"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_this_machine_sees_the_emails(sent, host):
    for page in pages(sent):
        assert Client(headers={"Host": host}).get(page).status_code == 200
    assert "The link" in Client(headers={"Host": host}).get(pages(sent)[1]).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "shop.tunnel.example"},
        {"Host": "localhost.tunnel.example"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 proxy"},
    ],
)
def test_no_one_else_sees_the_emails(sent, settings, headers):
    """A local start behind a tunnel shows its pages to strangers, but not the sign-in links."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://shop.tunnel.example"
    for page in pages(sent):
        assert Client(headers={"Host": "localhost"} | headers).get(page).status_code == 404


def test_the_first_page_after_signing_up_links_to_the_mailbox(db):
    page = Client(headers={"Host": "localhost:8000"}).post(
        "/accounts/signup/",
        {
            "name": "Mara",
            "workspace_name": "Lamps",
            "email": "mara@example.com",
            "password1": "a-long-passphrase",
        },
        follow=True,
    )
    assert page.redirect_chain[-1][0].endswith("/installation/")
    assert "/mailbox/" in page.text


@pytest.mark.parametrize("page", ["/accounts/password/reset/done/", "/accounts/confirm-email/"])
def test_pages_that_mention_an_email_link_to_the_mailbox(db, page):
    assert "http://localhost:8000/mailbox/" in Client(headers={"Host": "localhost"}).get(page).text
    elsewhere = Client(headers={"Host": "localhost", "X-Forwarded-For": "192.0.2.7"}).get(page)
    assert "/mailbox/" not in elsewhere.text


@pytest.mark.parametrize(
    "page", ["/accounts/email/", "/w/acme/team/invitations/new/", "/w/acme/settings/emails/"]
)
def test_pages_where_members_send_emails_link_to_the_mailbox(acme, sign_in, page):
    client = sign_in(acme.alice)
    page = client.get(page, headers={"Host": "localhost"})
    assert "http://localhost:8000/mailbox/" in page.text


def test_an_unknown_host_still_gets_the_error_page(db):
    assert Client(headers={"Host": "evil.example"}).get("/accounts/login/").status_code == 400
