"""The end of a login closes the live updates of its pages in every workspace."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from outbox.tasks import sweep
from teams.actions.membership import add_member

OLD, NEW = "correct horse battery", "another horse battery"


@pytest.fixture
def bob_of_both(acme, globex):
    """Bob with a password and memberships in both workspaces."""
    user = acme.bob.user
    user.set_password(OLD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    acme.bob.elsewhere = add_member(globex.workspace, user=user)
    return acme.bob


def channels_of(bob_of_both):
    return {f"membership:{bob_of_both.pk}", f"membership:{bob_of_both.elsewhere.pk}"}


def test_new_password_closes_all_streams_and_only_this_browser_reconnects(
    bob_of_both, sign_in, live_events
):
    here, elsewhere = sign_in(bob_of_both), sign_in(bob_of_both)
    here.post("/accounts/reauthenticate/", {"password": OLD})
    data = {"oldpassword": OLD, "password1": NEW, "password2": NEW}
    with live_events.committed():
        answer = here.post("/accounts/password/change/", data)
    assert answer.status_code == 302
    assert set(live_events.closed) == channels_of(bob_of_both)
    assert here.post("/w/acme/live-ticket/").status_code == 200
    assert elsewhere.post("/w/acme/live-ticket/").status_code == 401


def test_password_reset_closes_all_streams(bob_of_both, client, sign_in, live_events):
    elsewhere = sign_in(bob_of_both)
    client.post("/accounts/password/reset/", {"email": bob_of_both.user.email})
    sweep()
    [link] = re.findall(r"http://\S+(/accounts/\S+)", mail.outbox[-1].body)
    form = client.get(link, follow=True).request["PATH_INFO"]
    with live_events.committed():
        client.post(form, {"password1": NEW, "password2": NEW})
    assert set(live_events.closed) == channels_of(bob_of_both)
    assert elsewhere.post("/w/acme/live-ticket/").status_code == 401
