"""No one can take over an account through an invitation."""

import re
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from outbox import sending
from outbox.models import Delivery
from teams.actions.invitation import (
    CannotInvite,
    copy_link,
    invite_member,
    revoke_invitation,
)
from teams.actions.joining import CannotAccept, sign_up_and_accept
from teams.invitation_limits import MAILS_A_DAY_EACH
from tests.conftest import COMMITS, in_parallel

PASSWORD = "correct horse battery"


def invite(tenant, email, by):
    agent = tenant.workspace.roles.get(key="agent")
    return invite_member(tenant.workspace, email=email, name="Noor", role=agent, by=by)


def copied(tenant, email, by):
    """Return the path of a link that the inviter has seen."""
    link = copy_link(invite(tenant, email, by), by=by)
    return link[link.index("/invitations/") :]


def signs_up(client, link):
    return client.post(link, {"name": "Mallory", "password": PASSWORD})


def test_copied_link_creates_an_account_for_a_new_person(acme, client):
    signs_up(client, copied(acme, "noor@acme.example", acme.alice))
    assert client.get("/w/acme/conversations/").status_code == 200


@pytest.mark.parametrize("is_active", [True, False])
def test_copied_link_does_not_take_over_an_account(acme, globex, client, is_active):
    User.objects.filter(pk=acme.alice.user_id).update(is_active=is_active)
    signs_up(client, copied(globex, "alice@acme.example", globex.charlie))
    assert "_auth_user_id" not in client.session
    alice = User.objects.get(pk=acme.alice.user_id)
    assert (alice.name, alice.is_active) == ("Alice", is_active)
    assert not alice.check_password(PASSWORD)
    assert not globex.workspace.memberships.filter(user=alice).exists()


def test_deactivated_account_stays_deactivated(acme, client):
    gone = User.objects.create_user("noor@acme.example", None, name="Noor", is_active=False)
    signs_up(client, copied(acme, gone.email, acme.alice))
    gone.refresh_from_db()
    assert not gone.is_active
    assert not gone.memberships.exists()


def test_copied_link_does_not_confirm_the_address(globex, client):
    signs_up(client, copied(globex, "ceo@bigcorp.example", globex.charlie))
    assert User.objects.filter(email="ceo@bigcorp.example").exists()
    assert not EmailAddress.objects.get(email="ceo@bigcorp.example").verified


def test_second_confirmed_address_can_accept(acme, globex, client):
    user = globex.charlie.user
    link = copied(acme, "charlie@private.example", acme.alice)
    address = EmailAddress.objects.create(user=user, email="charlie@private.example")
    client.force_login(user)
    client.post(link)
    assert not acme.workspace.memberships.filter(user=user).exists()
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    client.post(link)
    assert acme.workspace.memberships.filter(user=user).exists()


def test_sent_email_keeps_no_token(acme):
    invite(acme, "noor@acme.example", acme.alice)
    link = r"/invitations/[\w-]{43}/"
    assert re.search(link, str(Delivery.objects.get().payload))
    sending.deliver_due()
    delivery = Delivery.objects.get()
    assert delivery.state == "sent"
    assert not re.search(link, str(delivery.payload))


def test_revoking_does_not_reset_the_limit(acme):
    for _ in range(MAILS_A_DAY_EACH):
        revoke_invitation(invite(acme, "noor@acme.example", acme.alice), by=acme.alice)
    with pytest.raises(CannotInvite, match="tomorrow"):
        invite(acme, "noor@acme.example", acme.alice)


@COMMITS
def test_parallel_links_of_two_workspaces_create_one_account(acme, globex):
    email = f"{uuid4().hex}@x.example"
    links = [invite(acme, email, acme.alice), invite(globex, email, globex.charlie)]
    for link in links:
        link.is_mailed = True

    def accept(number):
        try:
            sign_up_and_accept(links[number], name="Noor", password=PASSWORD)
        except CannotAccept as error:
            return error.state
        return "joined"

    assert sorted(in_parallel(2, accept)) == ["joined", "other"]
    assert User.objects.filter(email=email).count() == 1
