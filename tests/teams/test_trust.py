"""A workspace's name is shown to strangers only once the workspace is trusted."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from outbox.models import Delivery
from outbox.tasks import sweep
from routing.emails import reply
from routing.emails.reply import limited_until
from teams.actions.invitation import invite_member
from teams.models import Invitation
from teams.trust import is_trusted
from tests.routing.chat import MINUTE, Chat, mails
from tests.teams.trust import confirm, grow_old, make_trusted


def invite(acme, email="noor@acme.example"):
    role = acme.workspace.roles.get(key="agent")
    return invite_member(acme.workspace, email=email, name="Noor", role=role, by=acme.alice)


def accept(invitation, *, confirmed):
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
    user = invitation.workspace.memberships.first().user
    EmailAddress.objects.create(user=user, email=invitation.email, verified=confirmed)


def test_new_workspace_is_not_trusted(acme):
    assert not is_trusted(acme.workspace)
    confirm(acme.alice.user)
    assert not is_trusted(acme.workspace)


def test_age_alone_is_not_enough(acme):
    grow_old(acme.workspace)
    assert not is_trusted(acme.workspace)
    confirm(acme.bob.user)  # an agent
    assert not is_trusted(acme.workspace)
    confirm(acme.alice.user)
    assert is_trusted(acme.workspace)


@pytest.mark.parametrize("confirmed", [True, False])
def test_accepted_invitation_of_a_confirmed_address_establishes_trust(acme, confirmed):
    confirm(acme.alice.user)
    invitation = invite(acme)
    assert not is_trusted(acme.workspace)
    accept(invitation, confirmed=confirmed)
    assert is_trusted(acme.workspace) == confirmed


def test_invitations_of_other_workspaces_do_not_count(acme, globex):
    confirm(globex.charlie.user)
    accept(invite(acme), confirmed=True)
    assert not is_trusted(globex.workspace)


def test_untrusted_name_is_not_in_the_subject(acme):
    acme.workspace.name = "Cheap pills at pills.example"
    acme.workspace.save()
    acme.alice.user.name = "Win a prize"
    acme.alice.user.save()
    invite(acme)
    sweep()
    assert mail.outbox[-1].subject == "You're invited to a workspace on MessageHub"
    make_trusted(acme.workspace)
    invite(acme, "omar@acme.example")
    sweep()
    assert mail.outbox[-1].subject == "Win a prize invites you to Cheap pills at pills.example"


@pytest.fixture
def chat(acme, vera):
    return Chat(acme, vera).begin()


def test_untrusted_name_is_not_in_reply_emails(chat, settings):
    settings.DEFAULT_FROM_EMAIL = "MessageHub <chat@hub.example>"
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert message.subject == "You have a new reply to your chat"
    assert message.from_email == "MessageHub <chat@hub.example>"


def test_new_workspace_sends_few_reply_emails_a_day(chat, monkeypatch):
    monkeypatch.setattr(reply, "MAX_PER_DAY_UNTRUSTED", 3)
    workspace = chat.acme.workspace
    sent_at = timezone.now() - timedelta(hours=1)
    for number in range(3):
        Delivery.objects.create(
            workspace=workspace,
            kind="reply",
            key=f"reply-{number}",
            recipient=f"person{number}@x.example",
            state="sent",
            sent_at=sent_at,
        )
    waiting = Delivery(workspace=workspace, kind="reply", recipient="vera@example.com")
    assert limited_until(waiting) == sent_at + reply.DAY
    make_trusted(workspace)
    assert limited_until(waiting) <= timezone.now()
