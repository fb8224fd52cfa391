"""What ends with a login: the live updates of its pages, in every workspace."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from outbox.tasks import sweep
from teams.actions.membership import add_member

OLD, NEW = "correct horse battery", "another horse battery"


@pytest.fixture
def bob(acme, globex):
    """With a password, and in both workspaces."""
    user = acme.bob.user
    user.set_password(OLD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    acme.bob.elsewhere = add_member(globex.workspace, user=user)
    return acme.bob


def all_of(bob):
    return {f"membership:{bob.pk}", f"membership:{bob.elsewhere.pk}"}


def test_another_password_ends_what_all_browsers_hear_and_only_this_one_may_ask_anew(
    bob, sign_in, live_events
):
    here, elsewhere = sign_in(bob), sign_in(bob)
    here.post("/accounts/reauthenticate/", {"password": OLD})
    data = {"oldpassword": OLD, "password1": NEW, "password2": NEW}
    with live_events.committed():
        answer = here.post("/accounts/password/change/", data)
    assert answer.status_code == 302
    assert set(live_events.closed) == all_of(bob)
    assert here.post("/w/acme/live-ticket/").status_code == 200
    assert elsewhere.post("/w/acme/live-ticket/").status_code == 401


def test_a_forgotten_password_set_anew_ends_what_all_browsers_hear(
    bob, client, sign_in, live_events
):
    elsewhere = sign_in(bob)
    client.post("/accounts/password/reset/", {"email": bob.user.email})
    sweep()
    [link] = re.findall(r"http://\S+(/accounts/\S+)", mail.outbox[-1].body)
    form = client.get(link, follow=True).request["PATH_INFO"]
    with live_events.committed():
        client.post(form, {"password1": NEW, "password2": NEW})
    assert set(live_events.closed) == all_of(bob)
    assert elsewhere.post("/w/acme/live-ticket/").status_code == 401
