"""Handing over what somebody else has, who is ill: who may, where it goes, and taking it back."""

from unittest.mock import patch
from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.snoozing import until_i_am_back
from routing import handover_form
from routing.actions import handover
from routing.actions.handover import hand_over_conversations, undo_hand_over
from routing.models import HandOver, Routing
from teams import audit
from teams.actions.role import save_role
from teams.models import AuditEntry, Membership
from tests.conftest import Vera
from tests.routing.handing_over import (
    choose,
    holder,
    make_old,
    shown_on,
    stored,
    to_person,
    to_queue,
    to_snooze,
    undone,
)

EVERY_DAY = {"week": [{"day": day, "from": "09:00", "to": "17:00"} for day in range(7)]}


@pytest.fixture
def url(acme):
    return f"/w/acme/team/members/{acme.bob.pk}/handover/"


@pytest.fixture
def told():
    """What the pages of one person hear: (channel, event, words)."""
    heard = []
    with patch(
        "routing.actions.handover_news.publish", side_effect=lambda *news: heard.append(news)
    ):
        yield heard


def hand_over(acme, *choices):
    return hand_over_conversations(acme.bob, choices, by=acme.alice)


def entries():
    return list(AuditEntry.objects.filter(action__contains="hand").order_by("created_at", "pk"))


def last_activity(conversation):
    entry = conversation.messages.filter(kind="activity").latest("seq")
    return entry.activity, entry.author


# --- Handing over ---


def test_each_conversation_goes_where_it_was_sent_by_who_sent_it(acme, online, bobs, told):
    online(acme.bea)
    acme.bob.hours = EVERY_DAY
    acme.bob.save()
    queued, given, snoozed, kept = bobs(4)
    made = hand_over(
        acme, to_queue(queued), to_person(given, acme.alice), to_snooze(snoozed, acme.bob)
    )
    found = [holder(each) for each in (queued, given, snoozed, kept)]
    assert found == [acme.bea, acme.alice, acme.bob, acme.bob]
    assert stored(snoozed).snoozed_until == until_i_am_back(acme.bob).until
    assert last_activity(given) == ("assigned", acme.alice)
    assert (made.membership, made.by) == (acme.bob, acme.alice)
    words = {"words": "Alice handed over 3 of your open conversations."}
    assert told == [(acme.bob.live_channel, "notice", words)]


def test_the_audit_log_says_so(acme, bobs):
    first, second, third = bobs(3)
    hand_over(acme, to_person(first, acme.bea), to_person(second, acme.bea), to_queue(third))
    [entry] = entries()
    assert (entry.by, entry.target) == (acme.alice, "Bob")
    assert audit.sentence(entry) == "handed over conversations of Bob"
    assert entry.after == {"conversations": "Bea (2), the queue (1)"}


def test_nothing_left_to_hand_over_is_no_hand_over(acme, bobs, told):
    conversation = bobs()
    resolve_conversation(conversation, by=acme.bob)
    assert hand_over(acme, to_person(conversation, acme.bea)) is None
    assert (HandOver.objects.count(), entries(), told) == (0, [], [])


@pytest.mark.parametrize("to_owner", [False, True])
def test_the_queue_gives_it_neither_back_to_them_as_a_lead_nor_as_the_owner(acme, bobs, to_owner):
    Routing.objects.filter(inbox=acme.inbox).update(leads="turn", to_owner=to_owner)
    acme.inbox.members.filter(membership=acme.bea).delete()
    conversation = bobs()
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    hand_over(acme, to_queue(conversation))
    assert holder(conversation) is None


def test_whoever_hands_over_may_be_given_it_in_turn(acme, online, bobs):
    add_inbox_member(acme.inbox, membership=acme.alice)
    online(acme.alice)
    conversation = bobs()
    hand_over(acme, to_queue(conversation))
    assert holder(conversation) == acme.alice


# --- Undoing ---


def test_undoing_brings_everything_back_to_them(acme, bobs):
    given, snoozed = bobs(2)
    acme.bob.hours = EVERY_DAY
    acme.bob.save()
    made = hand_over(acme, to_person(given, acme.bea), to_snooze(snoozed, acme.bob))
    assert undo_hand_over(made, by=acme.alice) is True
    for each in (given, snoozed):
        assert (stored(each).status, holder(each)) == ("open", acme.bob)
        assert last_activity(each)[1] == acme.alice
    assert undone(made) == ["returned", "returned"]
    assert audit.sentence(entries()[-1]) == "took back handing over conversations of Bob"
    assert undo_hand_over(made, by=acme.alice) is True
    assert len(entries()) == 2


def test_what_somebody_has_gone_on_with_stays_with_them(acme, bobs):
    touched, resolved, lost = bobs(3)
    made = hand_over(acme, *(to_person(each, acme.bea) for each in (touched, resolved, lost)))
    post_reply(touched, body="I am on it", client_id=uuid4(), by=acme.bea)
    resolve_conversation(resolved, by=acme.bea)
    acme.inbox.members.filter(membership=acme.bob).delete()
    undo_hand_over(made, by=acme.alice)
    assert undone(made) == ["touched", "resolved", "no_access"]
    assert {holder(each) for each in (touched, resolved, lost)} == {acme.bea}


def test_what_came_back_by_itself_is_theirs_already(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea))
    assign_conversation(conversation, assignee=acme.bob, by=acme.bea)
    undo_hand_over(made, by=acme.alice)
    assert (holder(conversation), undone(made)) == (acme.bob, ["mine"])


def test_after_ten_minutes_it_is_too_late(acme, bobs):
    conversation = bobs()
    made = make_old(hand_over(acme, to_person(conversation, acme.bea)), minutes=10)
    assert undo_hand_over(made, by=acme.alice) is False
    assert holder(conversation) == acme.bea


# --- The page ---


def test_the_page_lists_their_conversations_and_whoever_else_could_have_them(
    acme, bobs, sign_in, url
):
    add_inbox_member(acme.inbox, membership=acme.alice)
    conversation = bobs()
    assign_conversation(Vera(acme.inbox).writes("Bea's").conversation, assignee=acme.bea)
    page = sign_in(acme.alice).get(url)
    assert shown_on(page) == [conversation]
    assert "Bob has one open conversation" in page.text
    assert "Hand over the conversations of Bob" in page.text
    options = {str(each.pk) for each in page.context["form"].everybody}
    assert options == {str(acme.alice.pk), str(acme.bea.pk)}


def test_the_choices_are_carried_out_and_can_be_undone_where_one_is_then(acme, bobs, sign_in, url):
    kept, given = bobs(2)
    client = sign_in(acme.alice)
    answer = client.post(url, choose(kept, "keep") | choose(given, str(acme.bea.pk)))
    assert answer["Location"] == f"/w/acme/team/members/{acme.bob.pk}/"
    assert [holder(each) for each in (kept, given)] == [acme.bob, acme.bea]
    made = HandOver.objects.get()
    undoing = f"/w/acme/handover/{made.pk}/undoing/"
    for page in (answer["Location"], "/w/acme/conversations/", url):
        text = client.get(page).text
        assert undoing in text
        assert "One conversation of Bob handed over." in text
    assert undoing not in sign_in(acme.bob).get("/w/acme/conversations/").text
    told = client.post(undoing, follow=True)
    assert told.request["PATH_INFO"] == url
    assert "Undone: one of 1 came back to Bob" in told.text
    assert "It is theirs again" in told.text
    assert holder(given) == acme.bob


def test_the_undo_belongs_to_who_did_it(acme, globex, bobs, sign_in):
    made = hand_over(acme, to_person(bobs(), acme.bea))
    for person, slug in ((acme.bob, "acme"), (acme.bea, "acme"), (globex.charlie, "globex")):
        url = f"/w/{slug}/handover/{made.pk}/undoing/"
        assert sign_in(person).post(url).status_code == 404
    assert undone(made) == [""]


def test_who_may_no_longer_do_it_may_not_undo_it_either(acme, bobs, sign_in):
    made = hand_over(acme, to_person(bobs(), acme.bea))
    agent = acme.workspace.roles.get(key="agent")
    Membership.objects.filter(pk=acme.alice.pk).update(role=agent)
    url = f"/w/acme/handover/{made.pk}/undoing/"
    assert sign_in(acme.alice).post(url).status_code == 403
    assert undone(made) == [""]


def test_my_own_hand_over_is_not_shown_as_theirs(acme, bobs, sign_in, url):
    add_inbox_member(acme.inbox, membership=acme.alice)
    mine = Vera(acme.inbox).writes().conversation
    assign_conversation(mine, assignee=acme.alice)
    bobs()
    client = sign_in(acme.alice)
    client.post("/w/acme/handover/", choose(mine, str(acme.bea.pk)))
    client.post(f"/w/acme/handover/{HandOver.objects.get().pk}/undoing/")
    assert "Undone" in client.get("/w/acme/handover/").text
    assert "Undone" not in client.get(url).text


def test_a_snooze_is_offered_only_until_their_own_hours(acme, bobs, sign_in, url):
    conversation = bobs()
    client = sign_in(acme.alice)
    assert 'value="snooze"' not in client.get(url).text
    assert client.post(url, choose(conversation, "snooze")).status_code == 400
    acme.bob.hours = EVERY_DAY
    acme.bob.save()
    assert 'value="snooze"' in client.get(url).text
    client.post(url, choose(conversation, "snooze"))
    assert stored(conversation).snoozed_until == until_i_am_back(acme.bob).until


def test_more_than_a_page_comes_with_the_next(acme, bobs, sign_in, url, monkeypatch):
    monkeypatch.setattr(handover_form, "MOST", 1)
    first, second = bobs(2)
    client = sign_in(acme.alice)
    assert client.post(url, choose(first, "keep"))["Location"] == f"{url}?after={first.number}"
    assert shown_on(client.get(f"{url}?after={first.number}")) == [second]


# --- Who may ---


def give_role(acme, membership, *permissions):
    name = f"Role of {membership}"
    role = save_role(acme.workspace, name=name, permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=membership.pk).update(role=role)


def make_lead(acme):
    """Bea manages the team, by a role of her own."""
    may = ("answer", "assign", "resolve", "see_all", "edit_contacts", "manage_team")
    give_role(acme, acme.bea, *may)


def test_whoever_may_set_them_away_and_assign(acme, bobs, sign_in, url):
    conversation = bobs()
    assert sign_in(acme.bea).get(url).status_code == 403
    make_lead(acme)
    client = sign_in(acme.bea)
    assert client.get(url).status_code == 200
    client.post(url, choose(conversation, str(acme.bea.pk)))
    assert holder(conversation) == acme.bea


def test_whoever_may_not_assign_is_refused(acme, bobs, sign_in, url):
    conversation = bobs()
    give_role(acme, acme.bob, "answer")
    give_role(acme, acme.bea, "answer", "see_all", "manage_team")
    client = sign_in(acme.bea)
    assert client.get(url).status_code == 403
    assert client.post(url, choose(conversation, "queue")).status_code == 403
    assert url not in client.get(f"/w/acme/team/members/{acme.bob.pk}/").text
    assert holder(conversation) == acme.bob


def test_nobody_hands_over_for_who_may_more_than_they(acme, sign_in):
    make_lead(acme)
    client = sign_in(acme.bea)
    assert client.get(f"/w/acme/team/members/{acme.alice.pk}/handover/").status_code == 403


def test_for_others_it_does_not_exist(acme, globex, sign_in, url):
    assert sign_in(globex.charlie).get(url).status_code == 404
    foreign = f"/w/globex/team/members/{acme.bob.pk}/handover/"
    assert sign_in(globex.charlie).get(foreign).status_code == 404


def test_what_is_in_inboxes_one_may_not_open_is_only_counted(acme, bobs, sign_in, url):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    secret = bobs(inbox=other)
    conversation = bobs()
    make_lead(acme)
    client = sign_in(acme.bea)
    page = client.get(url)
    assert shown_on(page) == [conversation]
    assert "Sales" not in page.text
    assert "One more is in an inbox that you may not open" in page.text
    client.post(url, choose(secret, str(acme.bea.pk)) | choose(conversation, "keep"))
    assert holder(secret) == acme.bob


def test_ones_own_page_is_another(acme, sign_in):
    answer = sign_in(acme.alice).get(f"/w/acme/team/members/{acme.alice.pk}/handover/")
    assert answer["Location"] == "/w/acme/handover/"


# --- Where it is offered ---


def test_the_members_page_offers_it_while_they_have_any(acme, bobs, sign_in, url):
    client, page = sign_in(acme.alice), f"/w/acme/team/members/{acme.bob.pk}/"
    assert url not in client.get(page).text
    bobs(2)
    text = client.get(page).text
    assert url in text
    assert "Bob has 2 open conversations." in text


def test_it_is_offered_where_set_to_away_leads(acme, bobs, sign_in, url):
    client, away = sign_in(acme.alice), url.replace("handover", "away")
    assert url not in client.post(away, follow=True).text
    client.post(url.replace("handover", "back"))
    bobs(2)
    text = client.post(away, follow=True).text
    assert "Bob is set to Away." in text
    assert url in text


# --- A server that dies in the middle ---


def dies_at(verb, number):
    """The verb, but its call with this number goes wrong."""
    calls = []

    def call(*subjects, **details):
        calls.append(subjects)
        if len(calls) == number:
            raise RuntimeError("killed")
        return verb(*subjects, **details)

    return call


def test_the_audit_log_has_what_was_handed_over_before_the_server_died(
    acme, bobs, told, monkeypatch
):
    first, second, third = bobs(3)
    chosen = [to_person(first, acme.bea), to_person(second, acme.bea), to_queue(third)]
    monkeypatch.setattr(handover, "carry_out", dies_at(handover.carry_out, 3))
    with pytest.raises(RuntimeError):
        hand_over(acme, *chosen)
    assert [holder(each) for each in (first, second, third)] == [acme.bea, acme.bea, acme.bob]
    assert [entry.after for entry in entries()] == [{"conversations": "Bea (2)"}]


def test_the_person_is_told_of_what_was_handed_over_before_something_failed(
    acme, bobs, told, monkeypatch
):
    first, second = bobs(2)
    monkeypatch.setattr(handover, "carry_out", dies_at(handover.carry_out, 2))
    with pytest.raises(RuntimeError):
        hand_over(acme, to_person(first, acme.bea), to_person(second, acme.bea))
    words = {"words": "Alice handed over one of your open conversations."}
    assert told == [(acme.bob.live_channel, "notice", words)]


def test_a_handover_that_failed_at_once_leaves_nothing(acme, bobs, told, monkeypatch):
    conversation = bobs()
    monkeypatch.setattr(handover, "carry_out", dies_at(handover.carry_out, 1))
    with pytest.raises(RuntimeError):
        hand_over(acme, to_person(conversation, acme.bea))
    assert (HandOver.objects.count(), entries(), told) == (0, [], [])


def test_the_audit_log_has_an_undoing_that_the_server_did_not_survive(acme, bobs, monkeypatch):
    first, second = bobs(2)
    made = hand_over(acme, to_person(first, acme.bea), to_person(second, acme.bea))
    with monkeypatch.context() as patched:
        patched.setattr(handover, "give_back", dies_at(handover.give_back, 2))
        with pytest.raises(RuntimeError):
            undo_hand_over(made, by=acme.alice)
    assert (holder(first), holder(second)) == (acme.bob, acme.bea)
    assert len(entries()) == 2
    undo_hand_over(made, by=acme.alice)
    assert (holder(second), len(entries())) == (acme.bob, 2)
