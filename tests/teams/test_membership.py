"""Roles, removing and suspending apply at once, are audited and keep an administrator."""

from uuid import uuid4

import pytest

from inbox.actions.message import post_reply
from inbox.models import Conversation
from messagehub.lib.live import tickets
from routing.actions.queue import assign_all_queues
from teams.actions.administrators import LastAdministrator
from teams.actions.membership import (
    add_member,
    reactivate_member,
    remove_member,
    suspend_member,
    update_membership,
)
from teams.actions.role import RoleInUse, delete_role, save_role
from teams.models import AuditEntry, Membership, Role, Team
from teams.permissions import Permission
from tests.conftest import COMMITS, goes_online, in_parallel
from tests.live_events import committed


def role(acme, key):
    return acme.workspace.roles.get(key=key)


def reload(membership):
    return Membership.objects.with_related().get(pk=membership.pk)


def demote(membership, by):
    agent = role_of(membership.workspace, "agent")
    return update_membership(membership, role=agent, teams=[], inboxes=[], by=by)


def role_of(workspace, key):
    return workspace.roles.get(key=key)


def test_new_role_applies_to_the_next_request(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.get("/w/acme/team/members/").status_code == 403
    administrator = role(acme, "administrator")
    update_membership(acme.bob, role=administrator, teams=[], inboxes=[acme.inbox], by=acme.alice)
    assert client.get("/w/acme/team/members/").status_code == 200
    entry = AuditEntry.objects.get(action="member.updated")
    assert (entry.by, entry.target) == (acme.alice, "Bob")
    assert ("role", "Agent", "Administrator") in entry.changes


def test_custom_role_allows_exactly_its_permissions(acme, sign_in):
    chosen = [Permission.ANSWER, Permission.SEE_AUDIT_LOG]
    auditor = save_role(acme.workspace, name="Auditor", permissions=chosen, by=acme.alice)
    update_membership(acme.bob, role=auditor, teams=[], inboxes=[acme.inbox], by=acme.alice)
    client = sign_in(acme.bob)
    assert client.get("/w/acme/team/audit-log/").status_code == 200
    assert client.get("/w/acme/team/members/").status_code == 403
    save_role(acme.workspace, role=auditor, name="Auditor", permissions=[], by=acme.alice)
    assert client.get("/w/acme/team/audit-log/").status_code == 403


def test_the_page_of_roles_counts_their_members_in_one_query(
    acme, sign_in, django_assert_max_num_queries
):
    for number in range(20):
        save_role(acme.workspace, name=f"Role {number}", permissions=["answer"], by=acme.alice)
    remove_member(acme.bea, by=acme.alice)
    client = sign_in(acme.alice)
    with django_assert_max_num_queries(10):
        page = client.get("/w/acme/team/roles/")
    rows = page.context["rows"]
    assert {str(row["role"]): row["members"] for row in rows[:3]} == {
        "Agent": 1,
        "Administrator": 1,
        "Role 0": 0,
    }


def test_role_in_use_cannot_be_deleted(acme):
    own = save_role(acme.workspace, name="Helper", permissions=["answer"], by=acme.alice)
    update_membership(acme.bob, role=own, teams=[], inboxes=[acme.inbox], by=acme.alice)
    with pytest.raises(RoleInUse, match="1 members"):
        delete_role(own, by=acme.alice)
    remove_member(acme.bob, by=acme.alice)
    delete_role(own, by=acme.alice)
    assert not Role.objects.filter(name="Helper").exists()


def test_built_in_roles_cannot_be_changed_or_imitated(acme, sign_in):
    client = sign_in(acme.alice)
    agent = role(acme, "agent")
    assert client.post(f"/w/acme/team/roles/{agent.pk}/", {"name": "x"}).status_code == 404
    assert client.post(f"/w/acme/team/roles/{agent.pk}/deletion/").status_code == 404
    for name in ("Agent", "administrator", "AGENT "):
        data = {"name": name, "permissions": []}
        assert client.post("/w/acme/team/roles/new/", data).status_code == 400


def test_without_see_all_only_own_and_unassigned_conversations_are_visible(
    acme, online, new_visitor, sign_in
):
    narrow = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    online(acme.bea)
    foreign = new_visitor(acme.inbox).writes("for Bea").conversation
    waiting = Conversation.objects.create(
        workspace=acme.workspace,
        inbox=acme.inbox,
        contact=new_visitor(acme.inbox).writes("x").conversation.contact,
        number=77,
        status="resolved",
    )
    Conversation.objects.filter(pk=waiting.pk).update(status="resolved", assignee=None)
    update_membership(acme.bob, role=narrow, teams=[], inboxes=[acme.inbox], by=acme.alice)
    client = sign_in(acme.bob)
    url = f"/w/acme/conversations/{foreign.number}/"
    assert client.get(url).status_code == 404
    assert client.get(f"{url}entries/").status_code == 404
    data = {"body": "x", "client_id": str(uuid4())}
    assert client.post(f"{url}replies/", data).status_code == 404
    assert "for Bea" not in client.get("/w/acme/conversations/?view=all").content.decode()
    assert client.get("/w/acme/conversations/77/").status_code == 200
    refused = client.post("/w/acme/live-ticket/", {"conversation": foreign.number})
    assert refused.json()["refused"] == [str(foreign.number)]
    ticket = tickets.read(refused.json()["ticket"])
    assert ticket.channels
    assert not any(str(foreign.pk).encode() in name for name in ticket.channels + ticket.subjects)


def test_restricted_member_gets_live_updates_of_own_conversations_only(
    acme, online, new_visitor, sign_in, live_events
):
    narrow = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    update_membership(acme.bob, role=narrow, teams=[], inboxes=[acme.inbox], by=acme.alice)
    ticket = sign_in(acme.bob).post("/w/acme/live-ticket/").json()["ticket"]
    ears = {channel.decode().removeprefix("live:") for channel in tickets.read(ticket).channels}
    online(acme.bea)
    with live_events.committed():
        new_visitor(acme.inbox).writes("secret of Bea")
    assert "secret" in str(live_events)
    assert "secret" not in str([each for each in live_events if each.channel in ears])


def test_removing_reassigns_open_conversations_and_keeps_the_name(
    acme, online, vera, sign_in, live_events
):
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bob
    post_reply(conversation, body="Hello", client_id=uuid4(), by=acme.bob)
    client = sign_in(acme.bob)
    with live_events.committed():
        assert remove_member(acme.bob, by=acme.alice)
    assert f"membership:{acme.bob.pk}" in live_events.closed
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea
    assert client.get("/w/acme/conversations/").status_code == 404
    page = sign_in(acme.bea).get("/w/acme/conversations/1/").content.decode()
    assert "Bob" in page
    assert not remove_member(acme.bob, by=acme.alice)


def test_removing_can_handover_to_a_chosen_member(acme, online, vera):
    online(acme.bob)
    conversation = vera.writes().conversation
    with committed():
        remove_member(acme.bob, by=acme.alice, handover_to=acme.alice)
    conversation.refresh_from_db()
    assert conversation.assignee == acme.alice


def test_suspending_keeps_the_membership_without_access(acme, online, vera, sign_in):
    online(acme.bob)
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    with committed():
        suspend_member(acme.bob, by=acme.alice)
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert client.get("/w/acme/conversations/").status_code == 404
    online(acme.bob)
    assign_all_queues()
    conversation.refresh_from_db()
    assert conversation.assignee is None
    reactivate_member(acme.bob, by=acme.alice)
    assert client.get("/w/acme/conversations/").status_code == 200


def test_leaving_asks_for_confirmation(acme, sign_in):
    client = sign_in(acme.bob)
    page = client.get("/w/acme/leaving/").content.decode()
    assert "Proceed" in page
    assert reload(acme.bob).removed_at is None
    client.post("/w/acme/leaving/")
    assert reload(acme.bob).removed_at is not None
    assert AuditEntry.objects.filter(action="member.left", by=acme.bob).exists()


def test_last_administrator_cannot_go(acme, sign_in):
    for act in (
        lambda: demote(acme.alice, acme.alice),
        lambda: remove_member(acme.alice, by=acme.alice),
        lambda: suspend_member(acme.alice, by=acme.alice),
    ):
        with pytest.raises(LastAdministrator):
            act()
    assert reload(acme.alice).is_administrator
    answer = sign_in(acme.alice).post("/w/acme/leaving/")
    assert answer.status_code == 400
    assert "administrator" in answer.content.decode()


@COMMITS
@pytest.mark.parametrize("act", [demote, lambda other, by: remove_member(other, by=by)])
def test_parallel_demotions_keep_one_administrator(acme, act):
    update_membership(
        acme.bob, role=role(acme, "administrator"), teams=[], inboxes=[acme.inbox], by=acme.alice
    )
    pairs = [(acme.bob, acme.alice), (acme.alice, acme.bob)]

    def try_it(number):
        other, by = pairs[number]
        try:
            return bool(act(reload(other), by))
        except LastAdministrator:
            return "last"

    results = in_parallel(2, try_it)
    assert sorted(map(str, results)) == ["True", "last"]
    assert Membership.objects.administrators().filter(workspace=acme.workspace).count() == 1


@COMMITS
def test_member_being_removed_gets_no_conversation(acme, new_visitor):
    for _ in range(6):
        goes_online(acme.bea)
        user = acme.bea.user
        visitor = new_visitor(acme.inbox)

        def act(number, visitor=visitor):
            if number:
                remove_member(reload(acme.bea), by=acme.alice)
            else:
                visitor.writes()

        in_parallel(2, act)
        assert not Conversation.objects.open().filter(assignee=acme.bea).exists()
        add_member(acme.workspace, user=user)
        acme.inbox.members.get_or_create(
            membership=acme.bea, defaults={"workspace": acme.workspace}
        )


def test_sweep_completes_an_interrupted_handover(acme, online, vera):
    online(acme.bob)
    conversation = vera.writes().conversation
    Membership.objects.filter(pk=acme.bob.pk).update(removed_at="2026-01-01T00:00Z")
    online(acme.bea)
    assign_all_queues()
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea


def test_teams_are_created_changed_and_deleted(acme, globex, sign_in):
    client = sign_in(acme.alice)
    data = {"name": "Sales", "members": [acme.bob.pk, acme.bea.pk]}
    client.post("/w/acme/team/teams/new/", data)
    team = Team.objects.get()
    assert set(team.members.all()) == {acme.bob, acme.bea}
    assert client.post("/w/acme/team/teams/new/", data | {"name": "SALES"}).status_code == 400
    stranger = {"name": "X", "members": [globex.charlie.pk]}
    assert client.post("/w/acme/team/teams/new/", stranger).status_code == 400
    client.post(f"/w/acme/team/teams/{team.pk}/", {"name": "Sales", "members": [acme.bea.pk]})
    assert list(team.members.all()) == [acme.bea]
    client.post(f"/w/acme/team/teams/{team.pk}/deletion/")
    assert not Team.objects.exists()
    actions = AuditEntry.objects.filter(target="Sales").order_by("created_at")
    assert [entry.action for entry in actions] == ["team.created", "team.updated", "team.deleted"]


def test_no_one_can_give_or_take_permissions_they_lack(acme, sign_in):
    chosen = [Permission.MANAGE_TEAM, Permission.ANSWER]
    lead = save_role(acme.workspace, name="Lead", permissions=chosen, by=acme.alice)
    update_membership(acme.bob, role=lead, teams=[], inboxes=[acme.inbox], by=acme.alice)
    client = sign_in(acme.bob)
    administrator = role(acme, "administrator").pk
    # Bob can't give the role, and can't change Bea, who has more permissions.
    for person, code in ((acme.bob, 400), (acme.bea, 403)):
        url = f"/w/acme/team/members/{person.pk}/"
        assert client.post(url, {"role": administrator}).status_code == code
    for verb in ("", "removal/", "suspension/"):
        url = f"/w/acme/team/members/{acme.alice.pk}/{verb}"
        assert client.post(url, {"role": lead.pk}).status_code == 403
    more = {"name": "More", "permissions": ["change_settings"]}
    assert client.post("/w/acme/team/roles/new/", more).status_code == 400
    invited = {"email": "x@acme.example", "name": "X", "role": administrator}
    assert client.post("/w/acme/team/invitations/new/", invited).status_code == 400
    assert reload(acme.alice).is_active
    assert not reload(acme.bob).is_administrator
