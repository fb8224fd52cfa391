"""Effects of removing or suspending a member."""

from inbox.models import Conversation
from teams.actions.membership import add_member, remove_member, suspend_member, update_membership
from teams.models import Membership
from tests.conftest import make_user
from tests.live_events import committed


def test_suspended_member_is_published_as_offline(acme, online, live_events):
    online(acme.bob)
    with live_events.committed():
        suspend_member(acme.bob, by=acme.alice)
    [(event, data)] = live_events.on(f"workspace:{acme.workspace.pk}")
    assert (event, data["membership"], data["state"]) == ("presence", str(acme.bob.pk), "offline")


def test_open_form_gives_no_access_to_a_removed_member(acme):
    bob = Membership.objects.with_related().get(pk=acme.bob.pk)
    remove_member(acme.bob, by=acme.alice)
    assert not update_membership(bob, role=bob.role, teams=[], inboxes=[acme.inbox], by=acme.alice)
    assert not acme.inbox.members.filter(membership=bob).exists()


def test_nothing_is_reassigned_to_a_member_without_the_inbox(acme, vera, online, sign_in):
    online(acme.bob)
    assert vera.writes().conversation.assignee == acme.bob
    dan = add_member(acme.workspace, user=make_user("Dan", "acme"))
    url = f"/w/acme/team/members/{acme.bob.pk}/removal/"
    with committed():
        sign_in(acme.alice).post(url, {"handover_to": str(dan.pk)})
    assert Conversation.objects.get().assignee is None
