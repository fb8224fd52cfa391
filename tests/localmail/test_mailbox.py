"""The mailbox of a local start: where its emails are shown, and to whom."""

import json

import pytest
from django.core.mail import get_connection, send_mail
from django.test import Client

from localmail.models import LocalMail
from tests.house.started import PRODUCTION, manage_each

ASK = """
import json
from django.conf import settings
from django.urls import NoReverseMatch, reverse
try:
    address = reverse("mailbox")
except NoReverseMatch:
    address = ""
print(json.dumps([settings.EMAIL_BACKEND, address, "localmail" in settings.INSTALLED_APPS]))
"""
LOCAL, SMTP = {"LOCAL": "1", "DEMO": "0"}, {"EMAIL_URL": "smtp://localhost"}
STARTS = {
    "local": LOCAL,
    "local demo": {**LOCAL, "DEMO": "1"},
    "local with a mail server": {**LOCAL, **SMTP},
    "production": PRODUCTION,
    "production with a mail server": {**PRODUCTION, **SMTP},
}


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    """Return {start: [EMAIL_BACKEND, the mailbox's URL, whether its app is installed]}."""
    data = {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    shell = ["shell", "--no-imports", "-c", ASK]
    done = manage_each([(shell, settings | data) for settings in STARTS.values()])
    assert [each.stderr for each in done if each.returncode] == []
    return {start: json.loads(each.stdout) for start, each in zip(STARTS, done, strict=True)}


@pytest.mark.parametrize("start", ["local", "local demo"])
def test_a_local_start_without_a_mail_server_has_a_mailbox(starts, start):
    assert starts[start] == ["localmail.backend.MailboxBackend", "/mailbox/", True]


def test_with_a_mail_server_emails_are_sent(starts):
    backend, address, _installed = starts["local with a mail server"]
    assert (backend, address) == ("outbox.smtp.EmailBackend", "")


@pytest.mark.parametrize("start", ["production", "production with a mail server"])
def test_production_has_no_mailbox(starts, start):
    backend, address, installed = starts[start]
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
