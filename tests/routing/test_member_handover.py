"""Handing over for a colleague: who can do it, what they see, and who is notified.

Where conversations go and what an undo returns is tested in test_handover.py.
"""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.resolution import resolve_conversation
from inbox.snooze_options import next_working_time
from routing.handover import form as handover_form
from routing.handover.undo import undo_handover
from routing.models import Handover
from teams.actions.role import save_role
from teams.models import AuditEntry, Membership
from tests.conftest import Vera
from tests.routing.engine.conftest import stored
from tests.routing.handovers import (
    URL,
    assign_to,
    choose,
    hand_over,
    holder,
    holders,
    return_to_queue,
    shown_on,
    undo_results,
    undo_url,
)
from tests.routing.hours import NINE_TO_FIVE

DESK = "/w/acme/conversations/"


@pytest.fixture
def url(acme):
    return f"/w/acme/team/members/{acme.bob.pk}/handover/"


@pytest.fixture
def bobs_page(acme):
    return f"/w/acme/team/members/{acme.bob.pk}/"


@pytest.fixture
def client(acme, sign_in):
    return sign_in(acme.alice)


def entries():
    return list(AuditEntry.objects.filter(action__contains="hand").order_by("created_at", "pk"))


# --- Notice and audit log ---


def test_the_member_is_notified_and_the_audit_log_written_once(acme, give_bob, live_events):
    first, second, third = give_bob(3)
    choices = (assign_to(first, acme.bea), assign_to(second, acme.bea), return_to_queue(third))
    with live_events.committed():
        made = hand_over(acme, *choices, by=acme.alice)
    message = {"message": "Alice handed over 3 of your open conversations."}
    notices = [each for each in live_events if each.name == "notice"]
    assert notices == [(acme.bob.live_channel, "notice", message)]
    [entry] = entries()
    assert (entry.by, entry.target) == (acme.alice, "Bob")
    assert entry.sentence == "handed over conversations of Bob"
    assert entry.after == {"conversations": "Bea (2), the queue (1)"}
    for _ in range(2):
        undo_handover(made, by=acme.alice)
        assert entries()[-1].sentence == "undid handing over conversations of Bob"
        assert len(entries()) == 2


def test_nothing_left_to_hand_over_notifies_no_one(acme, give_bob, live_events):
    conversation = give_bob()
    resolve_conversation(conversation, by=acme.bob)
    with live_events.committed():
        assert hand_over(acme, assign_to(conversation, acme.bea), by=acme.alice) is None
    assert (Handover.objects.count(), entries(), live_events) == (0, [], [])


# --- The page ---


def test_it_lists_their_conversations_and_possible_assignees(acme, give_bob, client, url):
    add_inbox_member(acme.inbox, membership=acme.alice)
    conversation = give_bob()
    assign_conversation(Vera(acme.inbox).writes("Bea's").conversation, assignee=acme.bea)
    page = client.get(url)
    assert shown_on(page) == [conversation]
    assert "Bob has one open conversation" in page.text
    assert "Hand over Bob's conversations" in page.text
    options = {str(each.pk) for each in page.context["form"].all_assignees}
    assert options == {str(acme.alice.pk), str(acme.bea.pk)}


def test_the_choices_can_be_undone_on_any_page(acme, give_bob, client, sign_in, url, bobs_page):
    kept, assigned = give_bob(2)
    answer = client.post(url, choose(kept, "keep") | choose(assigned, acme.bea))
    assert answer["Location"] == bobs_page
    assert holders(kept, assigned) == [acme.bob, acme.bea]
    undo = undo_url(Handover.objects.get())
    for page in (bobs_page, DESK, url):
        text = client.get(page).text
        assert undo in text
        assert "One of Bob's conversations handed over." in text
    assert undo not in sign_in(acme.bob).get(DESK).text
    page = client.post(undo, follow=True)
    assert page.request["PATH_INFO"] == url
    assert "Undone: 1 of 1 conversations returned to Bob" in page.text
    assert "It's theirs again" in page.text
    assert holder(assigned) == acme.bob


def test_ones_own_undo_is_not_reported_on_their_page(acme, give_bob, client, url):
    add_inbox_member(acme.inbox, membership=acme.alice)
    mine = Vera(acme.inbox).writes().conversation
    assign_conversation(mine, assignee=acme.alice)
    give_bob()
    client.post(URL, choose(mine, acme.bea))
    client.post(undo_url(Handover.objects.get()))
    assert "Undone" in client.get(URL).text
    assert "Undone" not in client.get(url).text


def test_a_snooze_is_offered_only_until_their_own_hours(acme, give_bob, client, url):
    conversation = give_bob()
    assert 'value="snooze"' not in client.get(url).text
    assert client.post(url, choose(conversation, "snooze")).status_code == 400
    acme.bob.hours = NINE_TO_FIVE
    acme.bob.save()
    assert 'value="snooze"' in client.get(url).text
    client.post(url, choose(conversation, "snooze"))
    assert stored(conversation).snoozed_until == next_working_time(acme.bob).until


def test_many_conversations_are_split_into_pages(give_bob, client, url, monkeypatch):
    monkeypatch.setattr(handover_form, "CONVERSATIONS_PER_PAGE", 1)
    first, second = give_bob(2)
    next_page = client.post(url, choose(first, "keep"))["Location"]
    assert next_page == f"{url}?after={first.number}"
    assert shown_on(client.get(next_page)) == [second]


def test_for_yourself_it_redirects_to_your_own_page(acme, client):
    answer = client.get(f"/w/acme/team/members/{acme.alice.pk}/handover/")
    assert answer["Location"] == URL


def test_the_member_page_offers_it_while_they_have_conversations(give_bob, client, url, bobs_page):
    assert url not in client.get(bobs_page).text
    give_bob(2)
    text = client.get(bobs_page).text
    assert url in text
    assert "Bob has 2 open conversations." in text


def test_setting_them_away_offers_it(give_bob, client, url, bobs_page):
    assert url not in client.post(f"{bobs_page}away/", follow=True).text
    client.post(f"{bobs_page}available/")
    give_bob(2)
    text = client.post(f"{bobs_page}away/", follow=True).text
    assert "Bob is now away." in text
    assert url in text


# --- Permissions ---


@pytest.fixture
def give_role(acme):
    def give(membership, *permissions):
        name = f"Role of {membership}"
        role = save_role(acme.workspace, name=name, permissions=permissions, by=acme.alice)
        Membership.objects.filter(pk=membership.pk).update(role=role)

    return give


@pytest.fixture
def promote_bea(acme, give_role):
    """Give Bea a role that manages the team."""
    permissions = ("answer", "assign", "resolve", "see_all", "edit_contacts", "manage_team")
    return lambda: give_role(acme.bea, *permissions)


def test_members_who_manage_the_team_and_assign_can(acme, give_bob, sign_in, url, promote_bea):
    conversation = give_bob()
    assert sign_in(acme.bea).get(url).status_code == 403
    promote_bea()
    client = sign_in(acme.bea)
    assert client.get(url).status_code == 200
    client.post(url, choose(conversation, acme.bea))
    assert holder(conversation) == acme.bea


def test_members_who_cannot_assign_are_refused(acme, give_bob, sign_in, url, bobs_page, give_role):
    conversation = give_bob()
    give_role(acme.bob, "answer")
    give_role(acme.bea, "answer", "see_all", "manage_team")
    client = sign_in(acme.bea)
    assert client.get(url).status_code == 403
    assert client.post(url, choose(conversation, "queue")).status_code == 403
    assert url not in client.get(bobs_page).text
    assert holder(conversation) == acme.bob


def test_no_one_hands_over_for_a_member_with_more_permissions(acme, sign_in, promote_bea):
    promote_bea()
    client = sign_in(acme.bea)
    assert client.get(f"/w/acme/team/members/{acme.alice.pk}/handover/").status_code == 403


def test_another_workspace_gets_a_404(acme, globex, sign_in, url):
    assert sign_in(globex.charlie).get(url).status_code == 404
    foreign = f"/w/globex/team/members/{acme.bob.pk}/handover/"
    assert sign_in(globex.charlie).get(foreign).status_code == 404


def test_without_the_permission_it_cannot_be_undone(acme, give_bob, client):
    made = hand_over(acme, assign_to(give_bob(), acme.bea), by=acme.alice)
    agent = acme.workspace.roles.get(key="agent")
    Membership.objects.filter(pk=acme.alice.pk).update(role=agent)
    assert client.post(undo_url(made)).status_code == 403
    assert undo_results(made) == [""]


def test_conversations_in_hidden_inboxes_are_only_counted(
    acme, give_bob, sign_in, url, promote_bea
):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    secret, conversation = give_bob(inbox=other), give_bob()
    promote_bea()
    client = sign_in(acme.bea)
    page = client.get(url)
    assert shown_on(page) == [conversation]
    assert "Sales" not in page.text
    assert "One more is in an inbox you don't have access to" in page.text
    client.post(url, choose(secret, acme.bea) | choose(conversation, "keep"))
    assert holder(secret) == acme.bob
