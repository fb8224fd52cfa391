"""Invitations are limited by person, address, mailbox and installation."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.limits import Limit
from outbox.models import Delivery
from teams import invitation_limits as limits
from teams.actions import invitation as actions
from teams.actions.invitation import CannotInvite
from teams.actions.workspace import create_workspace
from teams.models import Invitation
from tests.conftest import COMMITS, in_parallel, make_user
from tests.teams.trust import confirm, make_trusted

DAY = timedelta(days=1)


def invite(founder, email, **fields):
    role = founder.workspace.roles.get(key="agent")
    wanted = {"email": email, "name": "Noor", "role": role, "by": founder} | fields
    return actions.invite_member(founder.workspace, **wanted)


def invite_by_page(founder, email, address="198.51.100.7"):
    client = Client(REMOTE_ADDR=address)
    client.force_login(founder.user)
    role = founder.workspace.roles.get(key="agent").pk
    data = {"email": email, "name": "Noor", "role": role}
    return client.post(f"/w/{founder.workspace.slug}/team/invitations/new/", data)


def lower(monkeypatch, name, most):
    limit = getattr(limits, name)
    monkeypatch.setattr(limits, name, Limit(limit.name, most, limit.period))


def test_new_workspace_has_a_lower_limit(acme, monkeypatch):
    monkeypatch.setattr(limits, "MAILS_A_DAY_UNTRUSTED", 2)
    for number in range(2):
        invite(acme.alice, f"p{number}@acme.example")
    with pytest.raises(CannotInvite, match="limit of 2 invitations"):
        invite(acme.alice, "more@acme.example")
    make_trusted(acme.workspace)
    assert invite(acme.alice, "more@acme.example")


def test_person_is_counted_across_workspaces(acme, monkeypatch):
    lower(monkeypatch, "BY_PERSON", 3)
    workspaces = [create_workspace(f"W{number}", by=acme.alice.user) for number in range(4)]
    for number, founder in enumerate(workspaces[:3]):
        invite(founder, f"p{number}@x.example")
    with pytest.raises(CannotInvite, match="as one person can"):
        invite(workspaces[3], "more@x.example")
    assert not Invitation.objects.filter(email="more@x.example").exists()
    bob = create_workspace("Bob", by=acme.bob.user)
    assert invite(bob, "more@x.example")


def test_accounts_behind_one_address_are_counted_together(acme, globex, monkeypatch):
    lower(monkeypatch, "BY_ADDRESS", 2)
    assert invite_by_page(acme.alice, "a@x.example").status_code == 302
    assert invite_by_page(globex.charlie, "b@x.example").status_code == 302
    refused = invite_by_page(globex.charlie, "c@x.example")
    assert refused.status_code == 400
    assert "were sent from here today" in refused.text
    assert invite_by_page(globex.charlie, "c@x.example", "203.0.113.9").status_code == 302


def test_refusals_do_not_use_up_the_installation_limit(acme, globex, settings):
    settings.INVITATIONS_A_DAY = 2
    invite(acme.alice, "a@x.example")
    for _ in range(3):
        with pytest.raises(CannotInvite):
            invite(acme.alice, "a@x.example")
    invite(globex.charlie, "b@x.example")
    with pytest.raises(CannotInvite, match="from here today"):
        invite(globex.charlie, "c@x.example")


def test_unconfirmed_mailbox_gets_few_emails_in_total(db):
    founders = [
        create_workspace(f"W{number}", by=make_user(f"P{number}", "x")) for number in range(6)
    ]
    spellings = ["Nora@n.example", "nora+1@n.example", "no.ra@n.example"]
    for number, founder in enumerate(founders[:5]):
        invite(founder, spellings[number % 3])
    with pytest.raises(CannotInvite, match="as many emails as we send to one address"):
        invite(founders[5], "nora@n.example")
    assert Delivery.objects.count() == 5


def test_confirmed_mailbox_gets_more_and_keeps_its_own_emails(acme, globex, client):
    confirm(acme.bob.user)
    founders = [
        create_workspace(f"W{number}", by=make_user(f"P{number}", "x")) for number in range(11)
    ]
    for founder in founders[:10]:
        invite(founder, acme.bob.user.email)
    with pytest.raises(CannotInvite):
        invite(founders[10], acme.bob.user.email)
    client.post("/accounts/password/reset/", {"email": acme.bob.user.email})
    assert Delivery.objects.filter(recipient=acme.bob.user.email).count() == 11


def test_resending_is_counted(acme, monkeypatch):
    lower(monkeypatch, "BY_PERSON", 2)
    invitation = invite(acme.alice, "a@x.example")
    actions.resend_invitation(invitation, by=acme.alice)
    with pytest.raises(CannotInvite):
        actions.resend_invitation(invitation, by=acme.alice)
    assert actions.copy_link(invitation, by=acme.alice)


@COMMITS
def test_parallel_invitations_respect_the_limit_without_deadlock():
    founders = [
        create_workspace(f"W{number}", by=make_user(f"P{number}", "x")) for number in range(8)
    ]

    def try_it(number):
        try:
            return bool(invite(founders[number], "nora@n.example"))
        except CannotInvite:
            return False

    assert in_parallel(8, try_it).count(True) == 5
    assert Delivery.objects.count() == 5


def test_retrying_a_bounced_invitation_is_counted(acme, monkeypatch):
    lower(monkeypatch, "BY_PERSON", 2)
    invite(acme.alice, "a@x.example")
    client = Client()
    client.force_login(acme.alice.user)
    pages = []
    for _ in range(2):
        Delivery.objects.update(state="bounced", failed_at=timezone.now())
        path = f"/w/acme/settings/emails/{Delivery.objects.get().pk}/retry/"
        pages.append(client.post(path, follow=True).text)
    assert "Resending the email" in pages[0]
    assert "as one person can" in pages[1]
    assert Delivery.objects.get().state == "bounced"
