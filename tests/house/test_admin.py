"""Django's admin: for superusers alone, and without a way around the product's verbs."""

from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.actions import queue_email
from outbox.models import Delivery

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def operator(db):
    return User.objects.create_user("operator@example.com", "x", name="Operator", is_superuser=True)


@pytest.fixture
def client_of():
    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_there_is_something_to_see():
    assert {model._meta.label for model in MODELS} >= {"accounts.User", "teams.Workspace"}


def test_strangers_are_sent_to_the_sign_in_page():
    answer = Client().get("/admin/")
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")
    answer = Client().get(answer.url)
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/"])
def test_it_does_not_exist_for_an_administrator_of_a_workspace(acme, client_of, path):
    assert client_of(acme.alice.user).get(path, follow=True).status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_lists_and_rows_open_and_nothing_is_added_or_deleted(model, acme, operator, client_of):
    client = client_of(operator)
    queue_email(to="vera@example.com", subject="Hello", text="Hello")
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist"), {"q": "acme"}).status_code == 200
    assert client.post(url(model, "add")).status_code == 403
    for row in model.objects.all()[:1]:
        assert client.get(url(model, "change", row.pk)).status_code == 200
        assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert model.objects.filter(pk=row.pk).exists()


def test_an_operator_deactivates_a_user_but_changes_nothing_else(acme, operator, client_of):
    bob = acme.bob.user
    sent = {"email": "evil@example.com", "name": "Evil"}  # is_active left out: switched off
    assert client_of(operator).post(url(User, "change", bob.pk), sent).status_code == 302
    bob.refresh_from_db()
    assert not bob.is_active
    assert bob.name != "Evil"
    assert bob.email != "evil@example.com"


def test_deactivating_a_user_closes_their_streams(acme, operator, client_of, live_events):
    bob = acme.bob.user
    change = url(User, "change", bob.pk)
    with live_events.committed():
        client_of(operator).post(change, {"is_active": "on"})
    assert acme.bob.live_channel not in live_events.closed
    with live_events.committed():
        client_of(operator).post(change, {})
    assert acme.bob.live_channel in live_events.closed


def test_operators_cannot_lock_themselves_out(operator, client_of):
    client_of(operator).post(url(User, "change", operator.pk), {})
    operator.refresh_from_db()
    assert operator.is_active
    assert operator.is_superuser


def test_the_text_of_an_email_is_not_shown(operator, client_of):
    queue_email(to="vera@example.com", subject="Reset", text="https://secret.example/key")
    delivery = Delivery.objects.get()
    page = client_of(operator).get(url(Delivery, "change", delivery.pk))
    assert b"vera@example.com" in page.content
    assert b"secret.example" not in page.content


class TestCommands:
    def run(self, *arguments):
        output = StringIO()
        call_command(*arguments, stdout=output)
        return output.getvalue()

    def test_a_superuser_is_made_and_unmade(self, acme):
        email = acme.bob.user.email
        assert "now a superuser" in self.run("make_superuser", email.upper())
        assert User.objects.get(email=email).is_superuser
        assert "no longer" in self.run("make_superuser", email, "--revoke")
        assert not User.objects.get(email=email).is_superuser

    def test_an_unknown_address_is_refused(self):
        with pytest.raises(CommandError, match="No account has the address"):
            self.run("make_superuser", "noone@example.com")

    def test_emails_that_failed_are_listed_without_their_text(self):
        assert "No email failed" in self.run("undelivered_emails")
        queue_email(to="vera@example.com", subject="Reset", text="https://secret.example/key")
        failed = {"state": "failed", "failed_at": timezone.now(), "last_error": "550 no such user"}
        Delivery.objects.update(**failed)
        listed = self.run("undelivered_emails", "--accounts")
        assert "vera@example.com" in listed
        assert "550 no such user" in listed
        assert "secret.example" not in listed

    def test_emails_are_cancelled_only_when_that_is_meant(self):
        queue_email(to="vera@example.com", subject="Hello", text="Hello")
        with pytest.raises(CommandError, match="Unsent emails: 1"):
            self.run("cancel_emails")
        assert Delivery.objects.get().state == "waiting"
        assert "Cancelled emails: 1" in self.run("cancel_emails", "--yes")
        assert Delivery.objects.get().state == "cancelled"
