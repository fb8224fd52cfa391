"""Agents change many conversations at once: each by its own action, with a report and an undo."""

from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from inbox import tasks
from inbox.actions import bulk, bulk_sweep
from inbox.actions.assignment import assign_conversation
from inbox.actions.bulk import continue_bulk_run, start_bulk_run, undo_bulk_run
from inbox.actions.label import change_labels, save_label
from inbox.actions.message import post_note
from inbox.actions.resolution import resolve_conversation
from inbox.actions.snooze import snooze_conversation
from inbox.actions.sorting import set_priority
from inbox.models import BulkItem, BulkRun, Conversation, Label
from teams.actions.membership import remove_member
from teams.actions.team import delete_team, save_team
from teams.models import Membership, Role
from tests.conftest import COMMITS, in_parallel
from tests.processes import PATIENCE

Result = BulkItem.Result
RESOLVED = Conversation.Status.RESOLVED


@pytest.fixture
def conversations(acme, new_visitor):
    """Return a function that creates this many conversations."""

    def create(count=3, inbox=None):
        return [
            new_visitor(inbox or acme.inbox).writes(f"Question {number}").conversation
            for number in range(count)
        ]

    return create


@pytest.fixture
def post(acme, sign_in):
    """Return a function that changes conversations as Bea, from the desk."""

    def send(path, selected=(), by=None, **data):
        data.setdefault("numbers", " ".join(str(each.number) for each in selected))
        client = sign_in(by or acme.bea)
        return client.post(f"/w/acme/conversations/bulk/{path}/", data)

    return send


def fresh(conversations):
    return [Conversation.objects.get(pk=each.pk) for each in conversations]


def results(run=None):
    run = run or BulkRun.objects.latest("created_at")
    return [item.result for item in run.items.order_by("pk")]


def undo_results():
    run = BulkRun.objects.latest("created_at")
    return [item.undo_result for item in run.items.order_by("pk")]


def undo(post, by=None):
    run = BulkRun.objects.latest("created_at")
    return post(f"{run.pk}/undo", by=by)


def activities(conversation):
    entries = conversation.messages.with_related().filter(kind="activity").order_by("seq")
    return [entry.text for entry in entries if entry.activity != "waiting"]


@pytest.fixture
def billing(acme):
    return save_label(acme.workspace, name="Billing", colour=3, by=acme.alice)


@pytest.fixture
def sales(acme):
    return save_team(acme.workspace, name="Sales", members=[], by=acme.alice)


class TestOperations:
    """Each one changes conversations, says so on their timelines, and is undone."""

    def test_assigning(self, acme, conversations, post):
        first, second = conversations(2)
        assign_conversation(second, assignee=acme.bea, by=acme.bea)
        page = post("assignment", [first, second], assignee=acme.bob.pk).content.decode()
        assert "2 conversations assigned." in page
        assert {each.assignee for each in fresh([first, second])} == {acme.bob}
        assert activities(first) == ["Bea assigned this conversation to Bob."]
        assert "2 conversations put back." in undo(post).content.decode()
        assert [each.assignee for each in fresh([first, second])] == [None, acme.bea]
        assert fresh([first])[0].released_by == []

    def test_labels(self, acme, conversations, post, billing):
        chats = conversations(2)
        old = save_label(acme.workspace, name="Old", colour=1, by=acme.alice)
        change_labels(chats[0], add=[old], by=acme.bea)
        assert post("labels", chats, add=billing.pk, remove=old.pk, name="New").status_code == 200
        new = Label.objects.get(name="New")
        for each in fresh(chats):
            assert set(each.label_ids) == {billing.pk, new.pk}
        undo(post)
        assert [each.label_ids for each in fresh(chats)] == [[old.pk], []]

    def test_priority_and_team(self, acme, conversations, post, sales):
        chats = conversations(2)
        set_priority(chats[0], priority=1, by=acme.bea)
        post("priority", chats, priority=4)
        assert [each.priority for each in fresh(chats)] == [4, 4]
        undo(post)
        assert [each.priority for each in fresh(chats)] == [1, 0]
        post("team", chats, team=sales.pk)
        assert [each.team for each in fresh(chats)] == [sales, sales]
        undo(post)
        assert [each.team for each in fresh(chats)] == [None, None]

    def test_snoozing_and_waking(self, acme, conversations, post):
        open_one, snoozed = conversations(2)
        earlier = timezone.now() + timedelta(hours=1)
        snooze_conversation(snoozed, until=earlier, by=acme.bea)
        post("snooze", [open_one, snoozed], until="tomorrow")
        assert {each.status for each in fresh([open_one, snoozed])} == {"snoozed"}
        undo(post)
        open_one, snoozed = fresh([open_one, snoozed])
        assert open_one.is_open
        assert snoozed.snoozed_until == earlier
        post("wake", [open_one, snoozed])
        assert results() == [Result.UNCHANGED, Result.CHANGED]
        undo(post)
        assert fresh([snoozed])[0].snoozed_until == earlier

    def test_resolving_and_reopening(self, acme, conversations, post):
        chats = conversations(3)
        since = chats[0].waiting_since
        assign_conversation(chats[1], assignee=acme.bob, by=acme.bob)
        snooze_conversation(chats[2], until=timezone.now() + timedelta(hours=1), by=acme.bea)
        assert "3 conversations resolved." in post("resolution", chats).content.decode()
        assert {each.status for each in fresh(chats)} == {RESOLVED}
        undo(post)
        assert [each.status for each in fresh(chats)] == ["open", "open", "snoozed"]
        assert fresh(chats)[0].waiting_since == since
        assert fresh(chats)[1].assignee == acme.bob
        resolve_conversation(chats[0], by=acme.bea)
        Conversation.objects.filter(pk=chats[0].pk).update(rating=5)
        post("reopening", chats)
        assert results() == [Result.CHANGED, Result.UNCHANGED, Result.UNCHANGED]
        undo(post)
        assert (fresh(chats)[0].status, fresh(chats)[0].rating) == (RESOLVED, 5)

    def test_a_team_that_got_them_gives_them_back(self, acme, conversations, post, online):
        team = save_team(acme.workspace, name="Support", members=[acme.bob], by=acme.alice)
        chats = conversations(2)
        online(acme.bob)
        post("team", chats, team=team.pk)
        assert [each.assignee for each in fresh(chats)] == [acme.bob] * 2
        undo(post)
        assert [(each.team, each.assignee) for each in fresh(chats)] == [(None, None)] * 2


class TestReport:
    def test_it_says_what_could_not_be_changed_and_why(self, acme, conversations, post):
        chats = conversations(3)
        resolve_conversation(chats[1], by=acme.bea)
        page = post("snooze", chats, until="tomorrow").content.decode()
        assert "2 conversations snoozed." in page
        assert "It&#x27;s resolved" in page
        assert f"/w/acme/conversations/{chats[1].number}/" in page

    def test_an_agent_who_does_not_answer_the_inbox_gets_nothing(self, acme, conversations, post):
        acme.inbox.members.filter(membership=acme.bob).delete()
        page = post("assignment", conversations(2), assignee=acme.bob.pk).content.decode()
        assert results() == [Result.NOT_ASSIGNABLE] * 2
        assert "The agent doesn&#x27;t answer its inbox" in page
        assert "Undo" not in page

    def test_the_limit_of_labels_counts_for_each(self, acme, conversations, post, monkeypatch):
        monkeypatch.setattr("inbox.actions.label.MOST_OF_A_CONVERSATION", 1)
        chats = conversations(2)
        old = save_label(acme.workspace, name="Old", colour=1, by=acme.alice)
        change_labels(chats[0], add=[old], by=acme.bea)
        post("labels", chats, name="New")
        assert results() == [Result.TOO_MANY_LABELS, Result.CHANGED]

    def test_a_contact_with_another_open_conversation_keeps_it(self, acme, conversations, post):
        old, current = conversations(2)
        resolve_conversation(old, by=acme.bea)
        Conversation.objects.filter(pk=old.pk).update(contact=current.contact)
        page = post("reopening", [old]).content.decode()
        assert results() == [Result.OTHER_OPEN]
        assert "has another open conversation" in page

    def test_a_failure_in_one_does_not_stop_the_others(self, conversations, post, monkeypatch):
        chats = conversations(3)
        resolve = resolve_conversation

        def fail_once(conversation, *, by):
            if conversation.pk == chats[1].pk:
                raise RuntimeError
            return resolve(conversation, by=by)

        monkeypatch.setattr("inbox.actions.bulk_operations.resolve_conversation", fail_once)
        page = post("resolution", chats).content.decode()
        assert results() == [Result.CHANGED, Result.FAILED, Result.CHANGED]
        assert "Something went wrong" in page
        assert fresh(chats)[1].is_open


class TestUndo:
    def test_later_changes_by_others_are_kept_and_named(self, acme, conversations, post):
        chats = conversations(3)
        post("priority", chats, priority=4)
        set_priority(chats[0], priority=1, by=acme.bob)
        post_note(chats[1], by=acme.bob, body="I have it", client_id=uuid4())
        page = undo(post).content.decode()
        assert undo_results() == [Result.SINCE_CHANGED, Result.SINCE_CHANGED, Result.CHANGED]
        assert "Someone has changed it since" in page
        assert f"#{chats[0].number}" in page
        assert [each.priority for each in fresh(chats)] == [1, 4, 0]

    def test_what_the_contact_wrote_only_counts_if_it_reopened_it(self, acme, vera, post):
        chat = vera.writes().conversation
        post("priority", [chat], priority=4)
        vera.writes("Are you there?")
        undo(post)
        assert fresh([chat])[0].priority == 0
        post("resolution", [chat])
        vera.writes("Hello again")
        undo(post)
        assert undo_results() == [Result.SINCE_CHANGED]

    def test_it_is_offered_for_a_while_only_and_only_once(self, acme, conversations, post):
        chats = conversations(1)
        post("priority", chats, priority=4)
        BulkRun.objects.update(finished_at=timezone.now() - timedelta(minutes=3))
        response = undo(post)
        assert response.status_code == 409
        assert "too late" in response.content.decode()
        BulkRun.objects.update(finished_at=timezone.now())
        assert undo(post).status_code == 200
        count = len(activities(chats[0]))
        assert undo(post).status_code == 200
        assert len(activities(chats[0])) == count

    def test_a_deleted_team_or_a_removed_agent_does_not_come_back(
        self, acme, conversations, post, sales
    ):
        chats = conversations(1)
        post("team", chats, team=sales.pk)
        post("team", chats, team="")
        delete_team(sales, by=acme.alice)
        undo(post)
        assert undo_results() == [Result.GONE]
        assign_conversation(chats[0], assignee=acme.bob, by=acme.bea)
        post("assignment", chats, assignee=acme.bea.pk)
        remove_member(acme.bob, by=acme.alice)
        undo(post)
        assert undo_results() == [Result.NOT_ASSIGNABLE]
        assert fresh(chats)[0].assignee == acme.bea


class TestAllInTheView:
    def test_the_filter_of_the_list_decides_at_that_moment(self, acme, conversations, post):
        chats = conversations(3)
        assign_conversation(chats[2], assignee=acme.bob, by=acme.bob)
        post("resolution", all="1", numbers="", query="view=unassigned&status=open")
        assert [each.is_resolved for each in fresh(chats)] == [True, True, False]

    def test_it_is_bounded_and_counted(self, acme, conversations, post, sign_in, monkeypatch):
        monkeypatch.setattr("inbox.forms.bulk.MOST", 2)
        monkeypatch.setattr("inbox.views.bulk.MOST", 2)
        chats = conversations(3)
        url = "/w/acme/conversations/bulk/count/"
        client = sign_in(acme.bea)
        assert client.get(f"{url}?view=all").json() == {"count": 2, "is_all": False}
        assert client.get(f"{url}?view=mine").json() == {"count": 0, "is_all": True}
        post("resolution", all="1", query="view=all")
        # The latest two, as in the list.
        assert [each.is_resolved for each in fresh(chats)] == [False, True, True]


class TestPermission:
    def test_only_what_one_may_see_is_changed(self, acme, globex, conversations, post, new_visitor):
        mine, colleagues = conversations(2)
        theirs = new_visitor(globex.inbox).writes().conversation
        Conversation.objects.filter(pk=theirs.pk).update(number=77)
        theirs.number = 77
        role = Role.objects.create(
            workspace=acme.workspace, name="Own", permissions=["answer", "resolve"]
        )
        Membership.objects.filter(pk=acme.bea.pk).update(role=role)
        assign_conversation(colleagues, assignee=acme.bob, by=acme.bob)
        page = post("resolution", [mine, colleagues, theirs]).content.decode()
        assert [each.is_resolved for each in fresh([mine, colleagues, theirs])] == [
            True,
            False,
            False,
        ]
        assert "<b>2</b>" in page
        assert "see it any more" in page
        assert post("resolution", [colleagues]).status_code == 409
        assert post("assignment", [mine], assignee=acme.bea.pk).status_code == 403
        assert post("team", [mine], team="").status_code == 403

    def test_it_is_asked_again_for_each_conversation(self, acme, conversations, monkeypatch):
        """A member is removed, and loses an inbox, while their run is under way."""
        chats = conversations(3)
        monkeypatch.setattr(bulk, "MAX_PER_REQUEST", 0)
        ids = [each.pk for each in chats]
        run = start_bulk_run(ids, operation="resolve", params={}, by=acme.bea)
        acme.inbox.members.filter(membership=acme.bea).delete()
        continue_bulk_run(run.pk)
        assert results(run) == [Result.HIDDEN] * 3
        other = start_bulk_run(ids, operation="resolve", params={}, by=acme.bob)
        remove_member(acme.bob, by=acme.alice)
        continue_bulk_run(other.pk)
        assert results(other) == [Result.FORBIDDEN] * 3
        assert not any(each.is_resolved for each in fresh(chats))

    def test_a_run_is_its_members_own(self, acme, conversations, post, sign_in):
        post("resolution", conversations(1))
        run = BulkRun.objects.get()
        for path in ("undo", "stop"):
            assert post(f"{run.pk}/{path}", by=acme.bob).status_code == 404
        url = f"/w/acme/conversations/bulk/{run.pk}/"
        assert sign_in(acme.bob).get(url).status_code == 404
        assert sign_in(acme.bea).get(url).status_code == 200

    def test_the_report_names_nothing_that_is_hidden(self, acme, conversations, post, sign_in):
        chats = conversations(2)
        resolve_conversation(chats[0], by=acme.bea)
        post("snooze", chats, until="tomorrow")
        acme.inbox.members.filter(membership=acme.bea).delete()
        run = BulkRun.objects.get()
        page = sign_in(acme.bea).get(f"/w/acme/conversations/bulk/{run.pk}/").content.decode()
        assert "resolved" in page
        assert f"#{chats[0].number}" not in page


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("resolution", {"numbers": ""}),
        ("resolution", {"numbers": "x y -1"}),
        ("resolution", {"numbers": " ".join(map(str, range(1, 1_002)))}),
        ("resolution", {"numbers": "1" * 13_000}),
        ("assignment", {"assignee": uuid4()}),
        ("assignment", {"assignee": "x"}),
        ("labels", {}),
        ("labels", {"add": uuid4()}),
        ("priority", {"priority": 9}),
        ("team", {"team": uuid4()}),
        ("snooze", {"until": "custom", "at": "2020-01-01T09:00"}),
        ("snooze", {}),
    ],
)
def test_an_unknown_choice_is_refused(conversations, post, path, data):
    response = post(path, conversations(1), **data)
    assert response.status_code == 400
    assert response.content.strip()
    assert not BulkRun.objects.exists()


def test_rows_of_another_workspace_are_no_choice(acme, globex, conversations, post):
    chats = conversations(1)
    label = save_label(globex.workspace, name="Theirs", colour=0, by=globex.charlie)
    team = save_team(globex.workspace, name="Theirs", members=[], by=globex.charlie)
    assert post("labels", chats, add=label.pk).status_code == 400
    assert post("team", chats, team=team.pk).status_code == 400
    assert post("assignment", chats, assignee=globex.charlie.pk).status_code == 400


class TestLongRuns:
    """What a request has no time for is left to the background."""

    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch):
        monkeypatch.setattr(bulk, "MAX_PER_REQUEST", 2)
        monkeypatch.setattr(bulk, "BATCH_SIZE", 2)

    def test_progress_is_shown_and_nothing_is_done_twice(self, acme, conversations, post, sign_in):
        chats = conversations(5)
        page = post("priority", chats, priority=4).content.decode()
        run = BulkRun.objects.get()
        assert "0 of 5 conversations" in page
        assert continue_bulk_run(run.pk, seconds=0) is False
        url = f"/w/acme/conversations/bulk/{run.pk}/"
        assert 'value="2" max="5"' in sign_in(acme.bea).get(url).content.decode()
        assert post("resolution", chats).status_code == 409
        assert continue_bulk_run(run.pk)
        assert continue_bulk_run(run.pk)
        assert all(len(activities(each)) == 1 for each in chats)
        assert "Undoing" in undo(post).content.decode()
        continue_bulk_run(run.pk)
        page = sign_in(acme.bea).get(url).content.decode()
        assert "5 conversations put back." in page

    def test_it_can_be_stopped_and_what_was_done_undone(self, conversations, post):
        chats = conversations(5)
        post("priority", chats, priority=4)
        run = BulkRun.objects.get()
        continue_bulk_run(run.pk, seconds=0)
        assert post(f"{run.pk}/stop").status_code == 200
        continue_bulk_run(run.pk)
        assert results() == [Result.CHANGED] * 2 + [Result.STOPPED] * 3
        undo(post)
        assert [each.priority for each in fresh(chats)] == [0] * 5

    def test_the_sweep_goes_on_with_one_that_a_killed_worker_left(self, conversations, post):
        chats = conversations(5)
        post("resolution", chats)
        run = BulkRun.objects.get()
        continue_bulk_run(run.pk, seconds=0)
        bulk_sweep.sweep_bulk_runs()
        assert BulkRun.objects.get().is_running  # someone may still be working on it
        BulkRun.objects.update(worked_at=timezone.now() - timedelta(minutes=1))
        bulk_sweep.sweep_bulk_runs()
        assert len(chats) == 5
        assert all(each.is_resolved for each in fresh(chats))
        assert all(len(activities(each)) == 1 for each in chats)
        BulkRun.objects.update(created_at=timezone.now() - timedelta(days=8))
        bulk_sweep.sweep_bulk_runs()
        assert not BulkItem.objects.exists()

    def test_the_sweep_leaves_a_long_run_to_a_task_of_its_own(
        self, conversations, post, monkeypatch
    ):
        chats, delayed = conversations(5), []
        post("resolution", chats)
        BulkRun.objects.update(worked_at=timezone.now() - timedelta(minutes=1))
        monkeypatch.setattr(bulk, "SECONDS_PER_TASK", 0)
        monkeypatch.setattr(tasks.continue_bulk_run, "delay", delayed.append)
        bulk_sweep.sweep_bulk_runs()
        assert delayed == [str(BulkRun.objects.get().pk)]
        assert results() == [Result.CHANGED] * 2 + [""] * 3


@COMMITS
class TestRaces:
    def test_two_runs_over_the_same_conversations_change_each_once(self, acme, conversations):
        chats = conversations(6)
        ids = [each.pk for each in chats]

        def act(number):
            by = (acme.bea, acme.bob)[number]
            order = ids if number else ids[::-1]
            start_bulk_run(order, operation="resolve", params={}, by=by)

        in_parallel(2, act)
        assert all(len(activities(each)) == 1 for each in chats)
        outcomes = [item.result for item in BulkItem.objects.all()]
        assert sorted(outcomes) == [Result.CHANGED] * 6 + [Result.UNCHANGED] * 6

    def test_two_agents_label_and_assign_at_once(self, acme, conversations, billing):
        chats = conversations(6)
        ids = [each.pk for each in chats]

        def act(number):
            if number == 0:
                params = {"add": [str(billing.pk)], "remove": []}
                start_bulk_run(ids, operation="label", params=params, by=acme.bea)
            else:
                params = {"assignee": str(acme.bob.pk)}
                start_bulk_run(ids[::-1], operation="assign", params=params, by=acme.bob)

        in_parallel(2, act)
        for each in fresh(chats):
            assert each.label_ids == [billing.pk]
            assert each.assignee_id == acme.bob.pk

    def test_two_processes_share_a_run_and_do_nothing_twice(self, acme, conversations, monkeypatch):
        monkeypatch.setattr(bulk, "MAX_PER_REQUEST", 0)
        chats = conversations(8)
        ids = [each.pk for each in chats]
        run = start_bulk_run(ids, operation="priority", params={"priority": 3}, by=acme.bea)
        in_parallel(3, lambda _: continue_bulk_run(run.pk))
        assert all(len(activities(each)) == 1 for each in chats)
        undo_bulk_run(run)
        in_parallel(3, lambda _: continue_bulk_run(run.pk))
        assert all(len(activities(each)) == 2 for each in chats)

    def test_a_member_has_one_run_at_a_time(self, acme, conversations, monkeypatch):
        monkeypatch.setattr(bulk, "MAX_PER_REQUEST", 0)
        ids = [each.pk for each in conversations(2)]

        def act(_):
            try:
                start_bulk_run(ids, operation="resolve", params={}, by=acme.bea)
            except bulk.RunInProgress:
                return False
            return True

        assert sorted(in_parallel(3, act)) == [False, False, True]

    def test_a_team_deleted_meanwhile_is_set_nowhere(self, acme, conversations, sales):
        ids = [each.pk for each in conversations(2)]
        deleting = Barrier(2)

        def act(number):
            if number == 0:
                with transaction.atomic():
                    delete_team(sales, by=acme.alice)
                    deleting.wait(PATIENCE)
            else:
                deleting.wait(PATIENCE)
                params = {"team": str(sales.pk)}
                start_bulk_run(ids, operation="team", params=params, by=acme.bea)

        in_parallel(2, act)
        assert results() == [Result.GONE] * 2
