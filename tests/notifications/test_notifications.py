"""Members are notified once of what concerns them, and only of what they may see."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.bulk import start_bulk_run, undo_bulk_run
from inbox.actions.follower import set_following
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.models import Conversation
from notifications import retention
from notifications.actions import mark_all_read, notify
from notifications.events import events_of
from notifications.live import count_unread
from notifications.models import Notification, Sweep
from notifications.sweep import notify_of_new_entries
from routing.actions.overdue import reassign_overdue
from routing.models import Routing
from teams.actions.role import save_role
from teams.models import Membership
from tests.conftest import COMMITS, Vera, in_parallel, make_acme
from tests.live_events import committed

URL = "/w/acme/notifications/"
NOTHING_UNREAD = ("notifications", {"counts": {"notifications": 0, "mentions": 0}, "alerts": []})


@pytest.fixture
def conversation(acme, vera):
    """Bob's, and he has read it."""
    conversation = vera.writes("Do you ship?").conversation
    with committed():
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    read(conversation, by=acme.bob)
    return conversation


def read(conversation, *, by):
    conversation.refresh_from_db()
    mark_read(conversation, membership=by, seq=conversation.last_seq)


def note(conversation, body, *, by, client_id=None):
    with committed():
        return post_note(conversation, body=body, client_id=client_id or uuid4(), by=by)


def sweep(*, after=timedelta(seconds=5)):
    """Run the sweep after members who are looking have had time to see what is new."""
    with time_machine.travel(timezone.now() + after, tick=False), committed():
        notify_of_new_entries()


def stored_notifications(membership):
    rows = Notification.objects.filter(membership=membership).latest_first()
    return [(each.kind, each.count) for each in rows]


def unread(membership):
    return count_unread(membership)["notifications"]


def titles(page):
    return [each.title for each in page.context["news"]]


def test_a_mention_notifies_at_once_and_is_read_by_opening_the_conversation(
    acme, conversation, live_events, sign_in
):
    message = note(conversation, "@Bea, please", by=acme.alice)
    [(name, data)] = live_events.on(acme.bea.live_channel)
    assert (name, data["counts"]) == ("notifications", {"notifications": 1, "mentions": 1})
    [alert] = data["alerts"]
    assert (alert["title"], alert["body"]) == ("Alice mentioned you", "@Bea, please")
    assert alert["href"] == "/w/acme/conversations/1/"
    assert live_events.on(acme.bob.live_channel) == []
    page = sign_in(acme.bea).get(URL, headers={"HX-Request": "true"})
    assert titles(page) == ["Alice mentioned you"]
    assert "data-unread" in page.text
    live_events.clear()
    with committed():
        sign_in(acme.bea).post("/w/acme/conversations/1/read/", {"seq": message.seq - 1})
    assert (unread(acme.bea), live_events.on(acme.bea.live_channel)) == (1, [])
    with committed():
        sign_in(acme.bea).post("/w/acme/conversations/1/read/", {"seq": message.seq})
    assert live_events.on(acme.bea.live_channel) == [NOTHING_UNREAD]
    assert "data-unread" not in sign_in(acme.bea).get(URL).text


def test_an_assignment_notifies_at_once_if_by_a_colleague_and_with_the_sweep_if_by_routing(
    acme, vera, new_visitor, online, sign_in
):
    online(acme.bea)
    with committed():
        conversation = vera.writes().conversation  # routing assigns it to Bea
    assert stored_notifications(acme.bea) == []
    sweep()
    assert stored_notifications(acme.bea) == [("assigned", 1)]
    with committed():
        assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    assert stored_notifications(acme.bob) == [("assigned", 1)]
    with committed():
        assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    sweep()
    assert (stored_notifications(acme.alice), stored_notifications(acme.bob)) == (
        [],
        [("assigned", 1)],
    )
    name = conversation.contact.display_name
    assert titles(sign_in(acme.alice).get(URL)) == []
    assert titles(sign_in(acme.bob).get(URL)) == [
        f"Alice assigned you the conversation with {name}"
    ]
    assert titles(sign_in(acme.bea).get(URL)) == [
        f"The conversation with {name} was assigned to you"
    ]


def test_answers_are_counted_for_the_assignee_and_followers_who_do_not_look(
    acme, conversation, vera, live_events
):
    set_following(conversation, membership=acme.bea, is_following=True)
    set_following(conversation, membership=acme.alice, is_following=True)
    set_following(conversation, membership=acme.bob, is_following=True)
    vera.writes("One")
    vera.writes("Two")
    sweep(after=timedelta(seconds=1))
    assert not Notification.objects.exists()
    read(conversation, by=acme.alice)
    live_events.clear()
    sweep()
    sweep()
    assert stored_notifications(acme.bob) == stored_notifications(acme.bea) == [("answered", 2)]
    assert stored_notifications(acme.alice) == []
    [(_name, to_bea)] = live_events.on(acme.bea.live_channel)
    assert [each["body"] for each in to_bea["alerts"]] == ["Two"]
    # The desk has alerted Bob, to whom the conversation belongs.
    assert live_events.on(acme.bob.live_channel) == [
        ("notifications", {"counts": {"notifications": 1, "mentions": 0}, "alerts": []})
    ]
    vera.writes("Three")
    sweep()
    assert stored_notifications(acme.bea) == [("answered", 3)]
    read(conversation, by=acme.bea)
    vera.writes("Four")
    sweep()
    assert stored_notifications(acme.bea) == [("answered", 1), ("answered", 3)]


def test_an_answer_from_before_the_assignment_concerns_the_former_assignee_no_more(
    acme, conversation, vera
):
    vera.writes("One")
    with committed():
        assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
    vera.writes("Two")
    sweep()
    assert stored_notifications(acme.bob) == []
    assert set(stored_notifications(acme.bea)) == {("answered", 1), ("assigned", 1)}


def test_the_sweep_needs_the_same_queries_for_any_number_of_answers(acme, new_visitor):
    def count(visitors):
        for visitor in visitors:
            conversation = visitor.writes().conversation
            with committed():
                assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
            visitor.writes("Again")
        with CaptureQueriesContext(connection) as queries:
            sweep()
        return len(queries)

    one = count([new_visitor(acme.inbox)])
    assert count([new_visitor(acme.inbox) for _each in range(4)]) == one
    assert stored_notifications(acme.bob) == [("answered", 1)] * 5
    with CaptureQueriesContext(connection) as queries:
        sweep()  # finds the same messages again, and stores nothing
    assert not [
        each for each in queries if "INSERT INTO notifications_notification AS" in each["sql"]
    ]


def test_a_member_who_has_unfollowed_is_not_notified(acme, conversation, vera):
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bea)
    set_following(conversation, membership=acme.bea, is_following=False)
    vera.writes("One")
    sweep()
    assert stored_notifications(acme.bea) == []


def test_the_response_timer_warns_the_assignee_and_notifies_who_lost_the_conversation(
    acme, vera, online, sign_in
):
    Routing.objects.filter(inbox=acme.inbox).update(answer_minutes=2)
    online(acme.bea)
    conversation = vera.writes().conversation
    online(acme.bob)
    sweep()
    read(conversation, by=acme.bea)
    with time_machine.travel(timezone.now() + timedelta(seconds=110), tick=False), committed():
        notify_of_new_entries()
        notify_of_new_entries()
    assert stored_notifications(acme.bea) == [("due", 1), ("assigned", 1)]
    Conversation.objects.update(response_due_at=timezone.now())
    Membership.objects.update(announced_status="available")
    Sweep.objects.update(finished_at=timezone.now())
    assert reassign_overdue(conversation) == acme.bob
    sweep()
    sweep()
    # The clock was ahead when the response was due.
    assert stored_notifications(acme.bea) == [("due", 1), ("reassigned", 1), ("assigned", 1)]
    assert stored_notifications(acme.bob) == [("assigned", 1)]
    shown = titles(sign_in(acme.bea).get(URL))
    assert ["answer soon" in shown[0], "waited too long" in shown[1]] == [True, True]


@COMMITS
def test_an_event_reported_twice_or_at_the_same_time_notifies_once(acme, vera):
    conversation, client_id = vera.writes().conversation, uuid4()
    copies = [Conversation.objects.get(pk=conversation.pk) for _each in range(6)]

    def write(number):
        same = client_id if number < 3 else uuid4()
        return post_note(copies[number], body="@Bea", client_id=same, by=acme.alice)

    in_parallel(6, write)
    assert stored_notifications(acme.bea) == [("mentioned", 4)]
    in_parallel(3, lambda _number: notify_of_new_entries())
    notify(events_of(list(conversation.messages.all())))
    assert stored_notifications(acme.bea) == [("mentioned", 4)]
    read(conversation, by=acme.bea)
    notify_of_new_entries()
    assert stored_notifications(acme.bea) == [("mentioned", 4)]


def test_events_reported_in_any_order_are_counted_once(acme, vera):
    conversation = vera.writes().conversation
    notes = [
        post_note(conversation, body="@Bea", client_id=uuid4(), by=acme.alice) for _each in range(3)
    ]
    for reported, count in ([2], 1), ([0, 2], 2), ([1], 3), ([0, 1, 2], 3):
        notify(events_of([notes[number] for number in reported]))
        assert stored_notifications(acme.bea) == [("mentioned", count)]
    assert Notification.objects.get().seq == notes[2].seq


def test_only_recent_events_are_remembered_one_by_one(acme, vera):
    conversation, kept = vera.writes().conversation, Notification.MAX_RECENT_SEQS
    note = post_note(conversation, body="@Bea", client_id=uuid4(), by=acme.alice)
    [event] = events_of([note])
    events = [event._replace(seq=event.seq + number) for number in range(kept + 20)]
    notify(events[:-10])
    notify(events[-15:])
    notify(events)
    assert stored_notifications(acme.bea) == [("mentioned", len(events))]
    assert Notification.objects.get().recent_seqs == [each.seq for each in events[-kept:]]


def test_the_sweep_finds_what_the_request_could_not_report(acme, conversation):
    post_note(conversation, body="@Bea", client_id=uuid4(), by=acme.alice)  # killed at the commit
    assert stored_notifications(acme.bea) == []
    sweep()
    assert stored_notifications(acme.bea) == [("mentioned", 1)]


@pytest.mark.parametrize("loses", ["inbox", "conversation"])
def test_what_one_may_not_see_any_more_is_neither_shown_nor_counted(
    acme, conversation, live_events, sign_in, loses
):
    note(conversation, "@Bea, a secret", by=acme.alice)
    if loses == "inbox":
        acme.inbox.members.filter(membership=acme.bea).delete()
    else:
        role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
        Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    bea, client = Membership.objects.with_related().get(pk=acme.bea.pk), sign_in(acme.bea)
    assert (unread(bea), titles(client.get(URL))) == (0, [])
    counts = client.get("/w/acme/conversations/counts/").json()
    assert (counts["notifications"], counts["mentions"]) == (0, 0)
    live_events.clear()
    entries = list(conversation.messages.filter(details__has_key="mentions"))
    with committed():
        notify({each._replace(seq=each.seq + 1) for each in events_of(entries)})
    assert live_events.on(acme.bea.live_channel) == [NOTHING_UNREAD]


@pytest.mark.parametrize("ended", ["removed_at", "suspended_at"])
def test_removed_and_suspended_members_are_not_notified(acme, conversation, vera, ended):
    set_following(conversation, membership=acme.bea, is_following=True)
    Membership.objects.filter(pk=acme.bea.pk).update(**{ended: timezone.now()})
    vera.writes("One")
    sweep()
    assert (stored_notifications(acme.bea), stored_notifications(acme.bob)) == (
        [],
        [("answered", 1)],
    )


def test_workspaces_have_separate_notifications(acme, conversation, sign_in):
    other = make_acme("other")
    Membership.objects.filter(pk=other.bob.pk).update(user=acme.bea.user)
    note(conversation, "@Bea", by=acme.alice)
    client = sign_in(acme.bea)
    assert titles(client.get(URL)) == ["Alice mentioned you"]
    assert titles(client.get("/w/other/notifications/")) == []


def test_all_that_was_listed_is_marked_as_read(acme, conversation, live_events, sign_in):
    note(conversation, "@Bea @Bob", by=acme.alice)
    listed_at = timezone.now()
    other = Vera(acme.inbox).writes().conversation
    note(other, "@Bea", by=acme.alice)
    with committed():
        mark_all_read(acme.bea, until=listed_at)
    assert (unread(acme.bea), unread(acme.bob)) == (1, 1)
    client = sign_in(acme.bea)
    with committed():
        assert client.post(f"{URL}read/", headers={"HX-Request": "true"}).status_code == 204
    assert unread(acme.bea) == 0
    assert live_events.on(acme.bea.live_channel)[-1] == NOTHING_UNREAD


def test_the_list_has_pages(acme, vera, sign_in):
    conversation, now = vera.writes().conversation, timezone.now()
    rows = [
        Notification(
            workspace=acme.workspace,
            membership=acme.bea,
            conversation=conversation,
            kind="answered",
            seq=number + 1,
            happened_at=now - timedelta(minutes=number // 2),
            read_at=now,
        )
        for number in range(45)
    ]
    Notification.objects.bulk_create(rows)
    client, before, seen = sign_in(acme.bea), "", []
    while before is not None:
        page = client.get(URL, {"before": before})
        seen += [each.notification.seq for each in page.context["news"]]
        before = page.context["next_before"] or None
    assert sorted(seen) == list(range(1, 46))
    assert seen == [
        each.seq for each in Notification.objects.filter(membership=acme.bea).latest_first()
    ]
    for nonsense in ("x", "/", "2026-01-01T00:00Z/x"):
        assert len(client.get(URL, {"before": nonsense}).context["news"]) == 20


def test_the_list_needs_the_same_queries_at_any_length(acme, sign_in):
    client = sign_in(acme.bea)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(URL, headers={"HX-Request": "true"})
        return len(queries)

    note(Vera(acme.inbox).writes().conversation, "@Bea", by=acme.alice)
    few = count()
    for _each in range(5):
        note(Vera(acme.inbox).writes().conversation, "@Bea", by=acme.alice)
    assert count() == few


def test_a_page_counts_with_one_query_and_members_who_cannot_answer_have_no_bell(
    acme, conversation, sign_in
):
    note(conversation, "@Bea", by=acme.alice)
    client = sign_in(acme.bea)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/w/acme/my/hours/").text
    assert 'data-counted="1" data-count="notifications">1</b>' in page
    about = [each["sql"] for each in queries if "notifications_notification" in each["sql"]]
    assert len(about) == 1
    guest = save_role(acme.workspace, name="Guest", permissions=[], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=guest)
    assert "notification-bell" not in client.get("/w/acme/my/hours/").text
    assert client.get(URL).status_code == 403


def test_a_contacts_message_needs_no_query_for_notifications(acme, conversation, vera):
    set_following(conversation, membership=acme.bea, is_following=True)
    with CaptureQueriesContext(connection) as queries, committed():
        vera.writes("Again")
    assert not [each for each in queries if "notifications_" in each["sql"]]


def test_old_notifications_are_deleted_unless_they_were_renewed(acme, conversation):
    now = timezone.now()
    old = now - retention.KEPT - timedelta(days=1)
    for number, happened_at in enumerate([old, now]):
        Notification.objects.create(
            pk=UUID(int=(int(old.timestamp() * 1000) << 80) + number),
            created_at=old,
            workspace=acme.workspace,
            membership=acme.bea,
            conversation=conversation,
            kind=["answered", "mentioned"][number],
            seq=1,
            happened_at=happened_at,
        )
    assert retention.delete_old_notifications() == 1
    assert stored_notifications(acme.bea) == [("mentioned", 1)]


def test_a_visitor_gets_nothing_of_it(acme, conversation, live_events):
    live_events.clear()
    note(conversation, "@Bea, a secret", by=acme.alice)
    sweep()
    assert live_events.on(conversation.contact_channel) == []


class TestBulkRuns:
    """Many conversations assigned at once make one notification and one alert."""

    @pytest.fixture
    def assign(self, acme, new_visitor):
        """Return a function that assigns three conversations as Alice, at a commit."""
        chats = [new_visitor(acme.inbox).writes().conversation.pk for _ in range(3)]

        def run(to, count=3):
            params = {"assignee": str(to.pk)}
            with committed():
                return start_bulk_run(
                    chats[:count], operation="assign", params=params, by=acme.alice
                )

        return run

    def test_they_make_one_notification_and_one_alert(self, acme, assign, live_events, sign_in):
        assign(acme.bob)
        sweep()
        [notification] = Notification.objects.all()
        assert (notification.kind, notification.count) == ("bulk", 3)
        assert count_unread(acme.bob)["notifications"] == 1
        events = [data for name, data in live_events.on(acme.bob.live_channel)]
        alerts = [each for data in events for each in data.get("alerts", ())]
        assert [each["title"] for each in alerts] == ["Alice assigned you 3 conversations"]
        rows = [data for name, data in live_events.on(acme.inbox.live_channel) if name == "row"]
        assert {row["quiet"] for row in rows if row["assignee"] == str(acme.bob.pk)} == {True}
        page = sign_in(acme.bob).get(URL).content.decode()
        assert "Alice assigned you 3 conversations" in page
        read(notification.conversation, by=acme.bob)
        assert count_unread(acme.bob)["notifications"] == 0

    def test_a_single_assignment_notifies_as_usual_and_your_own_do_not(self, acme, assign):
        assign(acme.bob, count=1)
        assert Notification.objects.get().kind == "assigned"
        Notification.objects.all().delete()
        assign(acme.alice)
        sweep(after=timedelta(minutes=2))
        assert not Notification.objects.filter(membership=acme.alice).exists()

    def test_an_undo_takes_it_back(self, acme, assign, live_events):
        run = assign(acme.bob)
        live_events.clear()
        with committed():
            undo_bulk_run(run)
        assert not Notification.objects.exists()
        assert live_events.on(acme.bob.live_channel)[-1] == NOTHING_UNREAD

    def test_an_undo_leaves_what_is_still_theirs(self, acme, assign):
        run = assign(acme.bob)
        kept = Conversation.objects.filter(assignee=acme.bob).first()
        note(kept, "Mine", by=acme.bob)
        with committed():
            undo_bulk_run(run)
        assert Notification.objects.get(kind="bulk").count == 1
