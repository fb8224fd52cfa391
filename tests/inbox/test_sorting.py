"""Agents sort conversations by labels, priority and team."""

from threading import Barrier
from uuid import uuid4

import pytest
from django.db import transaction

from inbox.actions.label import (
    TooManyLabels,
    change_labels,
    delete_label,
    find_or_create_label,
    save_label,
)
from inbox.actions.sorting import set_priority, set_team
from inbox.conversation_filters import ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.models import Conversation, ConversationLabel, Label
from teams.actions.role import save_role
from teams.actions.team import delete_team, save_team
from teams.models import AuditEntry, Membership
from tests.conftest import COMMITS, in_parallel
from tests.processes import PATIENCE

URGENT = Conversation.Priority.URGENT


@pytest.fixture
def conversation(vera):
    return vera.writes("My invoice is wrong").conversation


@pytest.fixture
def billing(acme):
    return save_label(acme.workspace, name="Billing", colour=3, by=acme.alice)


@pytest.fixture
def sales(acme):
    return save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)


@pytest.fixture
def post(acme, sign_in, conversation):
    """Return a function that sends a form about the conversation as Bea."""

    def send(path, by=None, **data):
        url = f"/w/acme/conversations/{conversation.number}/{path}/"
        headers = {"HX-Request": "true"}
        return sign_in(by or acme.bea).post(url, data, headers=headers)

    return send


def stored():
    return Conversation.objects.get()


def label_names(conversation=None):
    """Return the labels by both copies, which must agree."""
    conversation = conversation or stored()
    by_rows = Label.objects.filter(conversation_labels__conversation=conversation)
    assert {each.pk for each in by_rows} == {each.pk for each in conversation.labels}
    return [each.name for each in conversation.labels]


def activities():
    entries = stored().messages.with_related().filter(kind="activity").order_by("seq")
    return [entry.text for entry in entries if entry.activity != "waiting"]


def remove_permission(membership, *permissions):
    role = save_role(
        membership.workspace, name="Some", permissions=list(permissions), by=membership
    )
    Membership.objects.filter(pk=membership.pk).update(role=role)


@pytest.mark.parametrize("typed", ["Billing", "billing"])
def test_a_label_that_is_chosen_and_typed_is_added_once(post, billing, typed):
    assert post("labels", add=billing.pk, name=typed).status_code == 200
    assert label_names() == ["Billing"]
    assert [each for each in activities() if "Billing" in each] == ["Bea added the label Billing."]


def test_a_conversation_is_sorted_and_its_timeline_says_so(acme, post, billing, sales):
    assert post("labels", add=billing.pk).status_code == 200
    assert post("labels", name="Bug").status_code == 200
    page = post("priority", priority=4).content.decode()
    assert "Urgent" in page
    assert post("team", team=sales.pk).status_code == 200
    assert label_names() == ["Billing", "Bug"]
    assert (stored().priority, stored().team) == (URGENT, sales)
    post("labels", remove=billing.pk)
    post("priority", priority=0)
    post("team", team="")
    assert label_names() == ["Bug"]
    assert (stored().priority, stored().team) == (0, None)
    assert activities() == [
        "Bea added the label Billing.",
        "Bea added the label Bug.",
        "Bea set the priority to Urgent.",
        "Bea set the team to Sales.",
        "Bea removed the label Billing.",
        "Bea removed the priority.",
        "Bea removed the team.",
    ]


def test_what_changes_nothing_leaves_no_entry(acme, post, billing, sales):
    for _ in range(2):
        post("labels", add=billing.pk)
        post("priority", priority=2)
        post("team", team=sales.pk)
    post("labels", remove=Label.objects.create(workspace=acme.workspace, name="X", colour=0).pk)
    assert len(activities()) == 3


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("labels", {"add": uuid4()}),
        ("labels", {"add": "x"}),
        ("labels", {"name": "x" * 41}),
        ("labels", {"name": " "}),
        ("labels", {}),
        ("priority", {"priority": 5}),
        ("priority", {"priority": ""}),
        ("team", {"team": uuid4()}),
    ],
)
def test_an_unknown_choice_is_refused(post, path, data):
    response = post(path, **data)
    assert response.status_code == 400
    assert response.content.strip()
    assert activities() == []


def test_labels_and_teams_of_another_workspace_do_not_exist(globex, post):
    label = save_label(globex.workspace, name="Theirs", colour=0, by=globex.charlie)
    team = save_team(globex.workspace, name="Theirs", members=[], by=globex.charlie)
    assert post("labels", add=label.pk).status_code == 400
    assert post("team", team=team.pk).status_code == 400


def test_a_hidden_conversation_does_not_exist_and_permissions_count(acme, post, billing, sales):
    remove_permission(acme.bob, "answer", "see_all")
    assert post("labels", by=acme.bob, add=billing.pk).status_code == 200
    assert post("priority", by=acme.bob, priority=1).status_code == 200
    assert post("team", by=acme.bob, team=sales.pk).status_code == 403
    acme.inbox.members.filter(membership=acme.bea).delete()
    for path, data in (
        ("labels", {"add": billing.pk}),
        ("priority", {"priority": 1}),
        ("team", {"team": sales.pk}),
    ):
        assert post(path, **data).status_code == 404


def test_too_many_labels_are_refused(acme, conversation, post, monkeypatch):
    monkeypatch.setattr("inbox.actions.label.MOST_OF_A_CONVERSATION", 1)
    post("labels", name="One")
    response = post("labels", name="Two")
    assert response.status_code == 409
    assert "A conversation can have 1 labels" in response.content.decode()
    monkeypatch.setattr("inbox.actions.label.MOST_OF_A_WORKSPACE", 2)
    with pytest.raises(TooManyLabels):
        find_or_create_label(acme.workspace, name="Three", by=acme.bea)


def test_a_label_is_found_whatever_its_capitals(acme, billing):
    assert find_or_create_label(acme.workspace, name="BILLING", by=acme.bea) == billing
    other = find_or_create_label(acme.workspace, name="Refund", by=acme.bea)
    assert other.colour != billing.colour


def test_the_menu_lists_labels_and_marks_those_it_has(acme, sign_in, conversation, billing):
    change_labels(conversation, add=[billing], by=acme.bea)
    url = f"/w/acme/conversations/{conversation.number}/labels/"
    menu = sign_in(acme.bea).get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'name="remove"' in menu
    assert 'name="add"' not in menu
    page = sign_in(acme.bea).get(url).content.decode()
    assert "<html" in page
    assert "Billing" in page


class TestSettings:
    def test_a_label_is_created_renamed_and_deleted(self, acme, sign_in, conversation):
        client = sign_in(acme.alice)
        assert "No labels yet" in client.get("/w/acme/settings/labels/").content.decode()
        client.post("/w/acme/settings/labels/new/", {"name": "Bug", "colour": 1})
        label = Label.objects.get()
        url = f"/w/acme/settings/labels/{label.pk}/"
        change_labels(conversation, add=[label], by=acme.bea)
        client.post(url, {"name": "Bug report", "colour": 2})
        assert label_names() == ["Bug report"]
        assert "1 conversation" in client.get("/w/acme/settings/labels/").content.decode()
        page = client.get(url).content.decode()
        assert "loses it" in page
        assert "0 contacts" not in page
        client.post(f"{url}deletion/")
        client.post(f"{url}deletion/")
        assert label_names() == []
        assert client.get(url).status_code == 404
        actions = AuditEntry.objects.order_by("created_at").values_list("action", flat=True)
        assert list(actions)[-3:] == ["label.created", "label.updated", "label.deleted"]

    def test_a_taken_name_is_an_error_at_the_field(self, acme, sign_in, billing):
        data = {"name": "billing", "colour": 1}
        response = sign_in(acme.alice).post("/w/acme/settings/labels/new/", data)
        assert response.status_code == 400
        assert "already in use" in response.content.decode()

    def test_open_pages_hear_of_it(self, acme, billing, live_events):
        with live_events.committed():
            save_label(acme.workspace, label=billing, name="Money", colour=5, by=acme.alice)
            delete_label(billing, by=acme.alice)
        assert live_events.on(f"workspace:{acme.workspace.pk}") == [
            ("label", {"id": str(billing.pk), "name": "Money", "colour": 5}),
            ("label", {"id": str(billing.pk), "name": "", "colour": None}),
        ]


class TestLists:
    def test_colleagues_get_the_row_and_the_parts(self, acme, conversation, live_events, billing):
        with live_events.committed():
            change_labels(conversation, add=[billing], by=acme.bea)
            set_priority(conversation, priority=URGENT, by=acme.bea)
        rows = [data for name, data in live_events.on(acme.inbox.live_channel) if name == "row"]
        assert rows[0]["labels"] == [str(billing.pk)]
        assert rows[1]["priority"] == 4
        assert "Billing" in rows[1]["html"]
        assert "Priority: Urgent" in rows[1]["html"]
        parts = [data for name, data in live_events.on(conversation.live_channel)]
        assert f"labels-{conversation.number}" in [each["id"] for each in parts]
        assert f"priority-{conversation.number}" in [each["id"] for each in parts]
        visitor = str(live_events.on(conversation.contact_channel))
        assert "Billing" not in visitor
        assert "Urgent" not in visitor

    def test_a_list_reads_all_labels_and_teams_at_once(
        self, acme, new_visitor, billing, sales, django_assert_num_queries
    ):
        for number in range(4):
            conversation = new_visitor(acme.inbox).writes().conversation
            label = find_or_create_label(acme.workspace, name=f"L{number}", by=acme.bea)
            change_labels(conversation, add=[billing, label], by=acme.bea)
            set_team(conversation, team=sales, by=acme.bea)
        acme.bea.permissions  # noqa: B018  which is loaded once
        filters = ConversationFilters.from_query({"view": "all"})
        with django_assert_num_queries(4):  # the rows, inboxes, teams, labels
            rows = ConversationList(filters, acme.bea).get_page()
            shown = [[label.name for label in row.labels] for row in rows]
        assert shown == [["Billing", f"L{number}"] for number in (3, 2, 1, 0)]


@COMMITS
class TestRaces:
    def test_labels_added_and_removed_at_once_all_count(self, acme, conversation, billing):
        labels = [
            Label.objects.create(workspace=acme.workspace, name=f"L{number}", colour=0)
            for number in range(4)
        ]
        change_labels(conversation, add=[billing], by=acme.bob)

        def act(number):
            mine = Conversation.objects.get()
            if number < 4:
                change_labels(mine, add=[labels[number]], by=acme.bea)
            elif number < 6:
                change_labels(mine, remove=[billing], by=acme.bob)
            else:
                set_priority(mine, priority=URGENT, by=acme.bob)

        in_parallel(8, act)
        assert label_names() == ["L0", "L1", "L2", "L3"]
        assert len(activities()) == 1 + 4 + 1 + 1

    def test_a_label_created_twice_at_once_is_one(self, acme):
        found = in_parallel(
            4, lambda _: find_or_create_label(acme.workspace, name="Billing", by=acme.bea)
        )
        assert len({each.pk for each in found}) == Label.objects.count() == 1

    def test_a_label_or_team_deleted_at_the_same_moment_is_not_left(
        self, acme, conversation, billing, sales
    ):
        deleting = Barrier(2)

        def act(number):
            if number == 0:
                with transaction.atomic():
                    delete_label(billing, by=acme.alice)
                    delete_team(sales, by=acme.alice)
                    deleting.wait(PATIENCE)
            else:
                deleting.wait(PATIENCE)
                change_labels(Conversation.objects.get(), add=[billing], by=acme.bea)
                set_team(Conversation.objects.get(), team=sales, by=acme.bea)

        in_parallel(2, act)
        assert label_names() == []
        assert not ConversationLabel.objects.exists()
        assert stored().team is None
