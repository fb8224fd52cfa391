"""Sign-up, sign-in and password reset: allauth with our own pages, and emails by the outbox."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import User
from inbox.models import Inbox
from outbox.models import Delivery
from outbox.tasks import sweep
from teams.actions.membership import add_member
from teams.models import Membership, Workspace

SIGNUP = {
    "name": "Nora Neumann",
    "workspace_name": "Neumann & Co.",
    "email": "Nora@Neumann.example",
    "password1": "correct horse battery",
}


def sign_up(client, **fields):
    return client.post("/accounts/signup/", SIGNUP | fields)


def links_in_mail():
    sweep()
    return re.findall(r"http://\S+(/accounts/\S+)", mail.outbox[-1].body)


def test_sign_up_creates_a_workspace_and_inbox_and_shows_the_snippet(db, client):
    answer = sign_up(client)
    assert answer.status_code == 302
    membership = Membership.objects.get()
    assert membership.user.email == "nora@neumann.example"
    assert membership.is_administrator
    assert membership.workspace.slug == "neumann-co"
    inbox = Inbox.objects.get()
    assert list(inbox.agents) == [membership]
    page = client.get("/w/neumann-co/welcome/", follow=True).content.decode()
    assert f"/widget/{inbox.key}.js" in page


def test_two_workspaces_with_one_name_get_different_urls(db, client):
    sign_up(client)
    client.logout()
    sign_up(client, email="other@neumann.example")
    slugs = sorted(Workspace.objects.values_list("slug", flat=True))
    assert len(slugs) == 2
    assert slugs[0] == "neumann-co"
    assert slugs[1].startswith("neumann-co-")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u3164"),
        ("workspace_name", ""),
        ("workspace_name", "x" * 81),
        ("email", "nonsense"),
        ("password1", "short"),
        ("password1", "password123"),
    ],
)
def test_errors_appear_at_their_field_and_the_other_values_stay(db, client, field, value):
    answer = sign_up(client, **{field: value})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'aria-invalid="true"' in html
    kept = "Nora Neumann" if field != "name" else "Neumann &amp; Co."
    assert kept in html
    assert not User.objects.exists()


def test_a_name_without_letters_still_gets_a_url(db, client):
    sign_up(client, workspace_name="東京")
    assert re.fullmatch(r"team-[a-z0-9]{6}", Workspace.objects.get().slug)


def test_an_email_address_is_confirmed_by_a_button_not_by_opening_the_link(db, client):
    sign_up(client)
    (link,) = links_in_mail()
    client.get(link)
    assert not EmailAddress.objects.get().verified
    client.post(link)
    assert EmailAddress.objects.get().verified


def test_emails_leave_through_the_outbox(db, client):
    sign_up(client)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.recipient) == ("waiting", "nora@neumann.example")
    assert mail.outbox == []


def test_signing_in_and_out(db, client):
    sign_up(client)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/login/", {"login": "nora@neumann.example", "password": "no"})
    assert wrong.status_code == 200
    assert "nora@neumann.example" in wrong.content.decode()
    right = {"login": "NORA@neumann.example", "password": SIGNUP["password1"]}
    assert client.post("/accounts/login/", right)["Location"] == "/"
    assert client.get("/")["Location"] == "/w/neumann-co/"


def test_a_forgotten_password_can_be_reset(db, client):
    sign_up(client)
    client.logout()
    client.post("/accounts/password/reset/", {"email": "nora@neumann.example"})
    link = links_in_mail()[-1]
    page = client.get(link, follow=True)
    new = {"password1": "another horse battery", "password2": "another horse battery"}
    client.post(page.request["PATH_INFO"], new)
    assert client.login(email="nora@neumann.example", password="another horse battery")


def test_signing_up_twice_reveals_nothing(db, client, settings):
    sign_up(client)
    client.logout()
    sign_up(client, name="Charlie")
    assert User.objects.count() == 1
    assert Workspace.objects.count() == 1


def test_guessing_passwords_is_stopped_even_without_redis(db, client, monkeypatch):
    def away(*args, **kwargs):
        raise OSError("away")

    monkeypatch.setattr("redis.connection.ConnectionPool.get_connection", away)
    sign_up(client)
    client.logout()
    data = {"login": "nora@neumann.example", "password": "guess"}
    pages = [client.post("/accounts/login/", data).content.decode() for _ in range(8)]
    assert "Too many failed" in pages[-1]


def test_a_member_of_two_workspaces_chooses_one_or_creates_a_third(acme, globex, sign_in):
    client = sign_in(acme.bob)
    assert client.get("/")["Location"] == "/w/acme/"
    add_member(globex.workspace, user=acme.bob.user)
    page = client.get("/workspaces/").content.decode()
    assert "/w/acme/" in page
    assert "/w/globex/" in page
    answer = client.post("/workspaces/new/", {"workspace_name": "Third"})
    assert answer["Location"] == "/w/third/welcome/"
    assert client.post("/workspaces/new/", {"workspace_name": ""}).status_code == 400


def test_the_home_page_redirects_strangers_to_the_sign_in(db, client):
    assert client.get("/")["Location"] == "/accounts/login/"
