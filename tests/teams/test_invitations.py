"""An invitation is accepted once, by the owner of the invited address."""

import re
from datetime import timedelta
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts.models import User
from inbox.models import InboxMember
from outbox.models import Delivery
from outbox.tasks import sweep
from teams import invitation_limits
from teams.actions import invitation as actions
from teams.actions.email import retry_email
from teams.actions.invitation import CannotInvite
from teams.actions.joining import CannotAccept, accept_invitation
from teams.models import AuditEntry, Invitation, InvitationLink, Membership, Role, Team
from tests.conftest import COMMITS, in_parallel
from tests.teams.trust import make_trusted

PASSWORD = "correct horse battery"


def invite(acme, email="Noor@Acme.example", role="agent", **fields):
    wanted = {"email": email, "name": "Noor", "by": acme.alice} | fields
    return actions.invite_member(acme.workspace, role=acme.workspace.roles.get(key=role), **wanted)


def link_in_mail():
    sweep()
    return re.search(r"http://\S+(/invitations/\S+/)", mail.outbox[-1].body).group(1)


def confirmed(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_new_person_joins_with_name_and_password(acme, client):
    team = Team.objects.create(workspace=acme.workspace, name="Sales")
    invite(acme, teams=[team], inboxes=[acme.inbox])
    link = link_in_mail()
    assert mail.outbox[-1].to == ["noor@acme.example"]
    assert "Acme" in mail.outbox[-1].body
    assert client.get(link).status_code == 200
    assert not User.objects.filter(email="noor@acme.example").exists()
    answer = client.post(link, {"name": "Noor Haddad", "password": PASSWORD})
    assert answer["Location"] == "/w/acme/"
    assert client.get(answer["Location"], follow=True).status_code == 200
    noor = Membership.objects.get(user__email="noor@acme.example")
    assert noor.role.key == "agent"
    assert list(noor.teams.all()) == [team]
    assert InboxMember.objects.filter(membership=noor, inbox=acme.inbox).exists()
    assert EmailAddress.objects.get(user=noor.user).verified
    assert client.login(email="noor@acme.example", password=PASSWORD)


def test_opening_the_link_accepts_nothing(acme, client):
    invite(acme)
    link = link_in_mail()
    for _ in range(3):
        client.get(link)
        client.head(link)
    assert Invitation.objects.get().state == "pending"


def test_only_a_hash_of_the_token_is_stored(acme):
    invite(acme)
    token = link_in_mail().split("/")[2]
    assert token not in str(InvitationLink.objects.values_list())
    assert len(token) == 43


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "a" * 500, "-" * 43])
def test_invalid_link_is_unknown(acme, client, token):
    invite(acme)
    answer = client.get(f"/invitations/{token}/")
    assert answer.status_code == 404
    explains(answer, "This link doesn't work")


def explains(answer, title):
    text = unescape(answer.text)
    assert f"<h1>{title}</h1>" in text
    assert re.search(r'href="/accounts/login/">\s*Sign in\s*</a>', text)


def test_used_revoked_and_expired_links_explain_themselves(acme, client):
    invite(acme)
    link = link_in_mail()
    client.post(link, {"name": "Noor", "password": PASSWORD})
    client.logout()
    answer = client.get(link)
    assert answer.status_code == 410
    explains(answer, "This invitation was already accepted")
    second = invite(acme, email="omar@acme.example")
    link = link_in_mail()
    actions.revoke_invitation(second, by=acme.alice)
    answer = client.get(link)
    assert answer.status_code == 410
    explains(answer, "This invitation was revoked")
    assert client.post(link, {"name": "O", "password": PASSWORD}).status_code == 410
    third = invite(acme, email="pia@acme.example")
    link = link_in_mail()
    Invitation.objects.filter(pk=third.pk).update(expires_at=timezone.now() - timedelta(1))
    assert client.post(link, {"name": "P", "password": PASSWORD}).status_code == 410
    assert not User.objects.filter(email__in=["omar@acme.example", "pia@acme.example"]).exists()


def test_existing_user_signs_in_and_accepts(acme, globex, client):
    confirmed(globex.charlie.user)
    invite(acme, email="charlie@globex.example", name="Charlie")
    link = link_in_mail()
    page = client.get(link).content.decode()
    assert "/accounts/login/?next=" in page
    refused = client.post(link, {"name": "Evil", "password": PASSWORD})
    assert refused.status_code == 200
    assert not acme.workspace.memberships.filter(user=globex.charlie.user).exists()
    client.force_login(globex.charlie.user)
    assert client.post(link)["Location"] == "/w/acme/"
    assert acme.workspace.memberships.active().filter(user=globex.charlie.user).exists()


def test_user_signed_in_as_someone_else_can_switch(acme, sign_in):
    invite(acme)
    link = link_in_mail()
    client = sign_in(acme.bob)
    page = client.post(link).content.decode()
    assert "bob@acme.example" in page
    assert "noor@acme.example" in page
    assert Invitation.objects.get().state == "pending"
    assert client.post(f"{link}switch/")["Location"] == link
    assert "_auth_user_id" not in client.session


def test_unconfirmed_account_goes_to_the_holder_of_the_emailed_link(acme, client):
    stranger = User.objects.create_user("noor@acme.example", "stranger's password", name="Eve")
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=False)
    theirs = type(client)()
    theirs.force_login(stranger)
    invite(acme)
    client.post(link_in_mail(), {"name": "Noor", "password": PASSWORD})
    noor = acme.workspace.memberships.get(user__email="noor@acme.example")
    assert noor.name == "Noor"
    assert client.get("/w/acme/conversations/").status_code == 200
    assert theirs.get("/w/acme/conversations/").status_code == 401
    assert not client.login(email="noor@acme.example", password="stranger's password")


def test_role_is_read_when_accepting(acme, client):
    own = Role.objects.create(workspace=acme.workspace, name="Helper", permissions=["answer"])
    invitation = invite(acme)
    link = link_in_mail()
    Invitation.objects.filter(pk=invitation.pk).update(role=own)
    client.post(link, {"name": "Noor", "password": PASSWORD})
    assert acme.workspace.memberships.get(user__email="noor@acme.example").role == own


@COMMITS
def test_parallel_accepts_create_one_membership(acme):
    invitation = invite(acme)
    user = confirmed(User.objects.create_user("noor@acme.example", None, name="Noor"))

    def accept(_number):
        try:
            return accept_invitation(invitation, user=user).pk
        except CannotAccept as error:
            return error.state

    results = in_parallel(20, accept)
    assert results.count("used") == 19
    assert acme.workspace.memberships.filter(user=user).count() == 1
    assert AuditEntry.objects.filter(action="invitation.accepted").count() == 1


@COMMITS
def test_parallel_invitations_of_one_person_create_one(acme):
    def try_it(_number):
        try:
            invite(acme)
        except CannotInvite:
            return "refused"
        return "invited"

    assert sorted(in_parallel(10, try_it)) == ["invited"] + ["refused"] * 9
    assert Invitation.objects.count() == 1


def test_members_and_invited_people_cannot_be_invited_again(acme):
    with pytest.raises(CannotInvite, match="is already a member"):
        invite(acme, email="BOB@acme.example")
    invite(acme)
    with pytest.raises(CannotInvite, match="has already been invited"):
        invite(acme)


def test_removed_member_can_rejoin_as_the_same_member(acme, client):
    from teams.actions.membership import remove_member

    confirmed(acme.bob.user)
    remove_member(acme.bob, by=acme.alice)
    invite(acme, email="bob@acme.example", name="Bob")
    client.force_login(acme.bob.user)
    client.post(link_in_mail())
    assert acme.workspace.memberships.active().get(user=acme.bob.user).pk == acme.bob.pk


def test_daily_limits(acme, monkeypatch):
    monkeypatch.setattr(invitation_limits, "MAILS_A_DAY", 3)
    invitation = invite(acme)
    for number in range(2):
        invite(acme, email=f"p{number}@acme.example")
    with pytest.raises(CannotInvite, match="limit of"):
        invite(acme, email="more@acme.example")
    assert not Invitation.objects.filter(email="more@acme.example").exists()
    monkeypatch.setattr(invitation_limits, "MAILS_A_DAY", 100)
    for _ in range(4):
        actions.resend_invitation(invitation, by=acme.alice)
    with pytest.raises(CannotInvite, match="tomorrow"):
        actions.resend_invitation(invitation, by=acme.alice)
    assert actions.copy_link(invitation, by=acme.alice)
    assert Delivery.objects.filter(recipient="noor@acme.example").count() == 5


def test_resending_extends_and_keeps_both_links_until_one_is_used(acme, client):
    invitation = invite(acme)
    first = link_in_mail()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(1))
    actions.resend_invitation(invitation, by=acme.alice)
    second = link_in_mail()
    assert first != second
    assert client.get(first).status_code == 200
    client.post(second, {"name": "Noor", "password": PASSWORD})
    client.logout()
    assert client.get(first).status_code == 410


@pytest.mark.parametrize(
    "email",
    ["", "nonsense", "a@b", "a@x.example\nBcc: evil@x.example", "a\n@x.example", "x" * 255],
)
def test_invalid_address_is_refused_at_the_field(acme, sign_in, email):
    role = acme.workspace.roles.get(key="agent").pk
    data = {"email": email, "name": "Noor", "role": role}
    answer = sign_in(acme.alice).post("/w/acme/team/invitations/new/", data)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert 'value="Noor"' in answer.content.decode()  # the rest stays
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("email", "text"),
    [
        ("nonsense", "Enter a valid email address."),
        ("bob@acme.example", "bob@acme.example is already a member."),
    ],
)
def test_the_form_says_what_is_wrong_with_an_address(acme, sign_in, email, text):
    role = acme.workspace.roles.get(key="agent").pk
    data = {"email": email, "name": "Noor", "role": role}
    answer = sign_in(acme.alice).post("/w/acme/team/invitations/new/", data)
    assert answer.status_code == 400
    assert text in unescape(answer.text)
    assert 'value="Noor"' in answer.text


def test_name_cannot_inject_headers_or_lines(acme):
    make_trusted(acme.workspace)  # otherwise subjects don't contain its names
    invite(acme, name="Noor")
    acme.alice.user.name = "Alice\r\nBcc: evil@x.example"
    acme.alice.user.save()
    invite(acme, email="omar@acme.example")
    sweep()
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert len(message.recipients()) == 1
    assert "Alice Bcc: evil@x.example" in mail.outbox[1].subject


def test_roles_and_teams_of_other_workspaces_are_invalid(acme, globex, sign_in):
    foreign = globex.workspace.roles.get(key="administrator")
    data = {"email": "noor@acme.example", "name": "Noor", "role": foreign.pk}
    assert sign_in(acme.alice).post("/w/acme/team/invitations/new/", data).status_code == 400
    team = Team.objects.create(workspace=globex.workspace, name="Theirs")
    data |= {"role": acme.workspace.roles.get(key="agent").pk, "teams": [team.pk]}
    assert sign_in(acme.alice).post("/w/acme/team/invitations/new/", data).status_code == 400
    data |= {"teams": [], "inboxes": [str(globex.inbox.pk)]}
    assert sign_in(acme.alice).post("/w/acme/team/invitations/new/", data).status_code == 400
    assert not Invitation.objects.exists()


# --- Emails of closed invitations ---


def revoke(acme):
    actions.revoke_invitation(Invitation.objects.get(), by=acme.alice)


def accept(acme):
    Invitation.objects.update(accepted_at=timezone.now())


def expire(acme):
    Invitation.objects.update(expires_at=timezone.now())


OVER = pytest.mark.parametrize("end", [revoke, accept, expire])


@OVER
def test_email_of_a_closed_invitation_is_cancelled(acme, end):
    invite(acme)
    end(acme)
    sweep()
    assert mail.outbox == []
    delivery = Delivery.objects.get()
    assert delivery.state == "cancelled"
    assert "text" not in delivery.payload


@OVER
def test_email_of_a_closed_invitation_cannot_be_resent(acme, end):
    invite(acme)
    Delivery.objects.update(state="failed", failed_at=timezone.now())
    assert retry_email(Delivery.objects.get(), by=acme.alice)
    Delivery.objects.update(state="failed", failed_at=timezone.now())
    end(acme)
    assert not retry_email(Delivery.objects.get(), by=acme.alice)
    assert AuditEntry.objects.filter(action="email.retried").count() == 1


def test_revoking_erases_queued_links(acme):
    invite(acme)
    Delivery.objects.update(state="failed", failed_at=timezone.now())
    revoke(acme)
    assert not Delivery.objects.get().can_be_retried


def test_invitations_of_a_deleted_workspace_wait_until_it_is_restored(acme):
    invite(acme)
    acme.workspace.deleted_at = timezone.now()
    acme.workspace.save()
    sweep()
    assert mail.outbox == []
    acme.workspace.deleted_at = None
    acme.workspace.save()
    Delivery.objects.update(next_attempt_at=timezone.now())
    sweep()
    assert len(mail.outbox) == 1


def test_invitation_email_is_on_the_emails_page(acme, globex, sign_in):
    invite(acme)
    assert (
        "noor@acme.example" in sign_in(acme.alice).get("/w/acme/settings/emails/").content.decode()
    )
    theirs = sign_in(globex.charlie).get("/w/globex/settings/emails/").content.decode()
    assert "noor@acme.example" not in theirs
