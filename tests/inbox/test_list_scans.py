"""Lists of resolved conversations read little of the history, however rare what they show is.

The history here is small, so the rows that PostgreSQL reads are counted, not the time.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict

from inbox import conversation_list
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.label import save_label
from inbox.conversation_filters import NONE, ConversationFilters
from inbox.conversation_list import PAGE_SIZE, ConversationList
from inbox.models import Contact, Conversation, ConversationLabel
from teams.actions.role import save_role
from teams.actions.team import save_team
from teams.models import Membership

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIZE = 6000
# A page is read twice, once for the order. A common value is in every sixth conversation.
FEW = 8 * PAGE_SIZE


@pytest.fixture
def cast(acme):
    """Bob and Bea answer two of three inboxes; Bea sees only her own and unassigned ones."""
    others = [create_inbox(acme.workspace, name=name, members=[]) for name in ("Second", "Third")]
    for member in (acme.bob, acme.bea):
        add_inbox_member(others[0], membership=member)
    role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    members = Membership.objects.with_related()
    return {name: members.get(pk=getattr(acme, name).pk) for name in ("alice", "bob", "bea")} | {
        "inboxes": [acme.inbox, *others],
        "team": save_team(acme.workspace, name="Sales", members=[], by=acme.alice),
        "labels": {
            name: save_label(acme.workspace, name=name, colour=1, by=acme.alice)
            for name in ("common", "theirs", "rare", "former")
        },
    }


@pytest.fixture
def history(acme, cast):
    """A history in which every conversation has a team and a priority.

    In the third inbox, every conversation has the label "theirs", which no other inbox uses. The
    second inbox is new. "former" was used only at the beginning. Alice has no conversations.
    """
    workspace, labels = acme.workspace, cast["labels"]
    contact = Contact.objects.create(workspace=workspace)
    rows = []
    for number in range(1, SIZE + 1):
        first, second, third = cast["inboxes"]
        inbox = third if number % 2 else second if number > SIZE * 0.9 else first
        names = {"theirs"} if inbox == third else {"common"} if number % 6 == 0 else set()
        names |= {"rare"} if number % 400 == 0 else set()
        names |= {"former"} if number < SIZE / 40 else set()
        rows.append(
            Conversation(
                workspace=workspace,
                inbox=inbox,
                contact=contact,
                number=number,
                status="resolved",
                assignee=(None, acme.bob, acme.bea)[number % 3],
                priority=1 + number % 2,
                team=cast["team"],
                label_ids=[labels[name].pk for name in sorted(names)],
                last_activity_at=NOON + timedelta(minutes=number),
            )
        )
    Conversation.objects.bulk_create(rows, batch_size=1000)
    on_rows = [
        ConversationLabel(workspace=workspace, conversation=row, label_id=pk)
        for row in rows
        for pk in row.label_ids
    ]
    ConversationLabel.objects.bulk_create(on_rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ANALYZE")


def count_rows_read(shown):
    """Return how many conversations PostgreSQL reads for a page, and how many the page shows."""
    with shown.planned_for_filters():
        rows = shown.find_rows(PAGE_SIZE + 1)
        plan = json.loads(rows.explain(analyze=True, format="json", timing=False))
    return rows_read(plan[0]["Plan"]), len(rows)


def rows_read(node):
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    is_read = node.get("Relation Name") == "inbox_conversation"
    own = sum(node.get(name, 0) for name in names) * node["Actual Loops"] if is_read else 0
    return own + sum(map(rows_read, node.get("Plans", ())))


# (who, the filters, whether the list is empty)
LISTS = [
    ("bob", "label=theirs", True),
    ("bea", "label=theirs", True),
    ("bob", "label=theirs&order=newest", True),
    ("alice", "label=theirs&inbox=1", True),
    ("alice", "label=theirs&inbox=2", False),
    ("alice", "label=rare", False),
    ("bob", "label=rare", False),
    ("bob", "label=common", False),
    ("bob", "label=common&order=oldest", False),
    ("alice", "label=rare&priority=1", False),
    ("alice", "label=rare&priority=2", True),
    ("bob", "label=rare&priority=1&order=newest", False),
    ("alice", "label=former", False),
    ("alice", "view=mine&order=newest", True),
    ("alice", "view=mine&owner=none", True),
    ("alice", "view=mine&label=none&order=oldest", True),
    ("alice", "team=none", True),
    ("bob", "team=none", True),
    ("alice", "team=none&inbox=2", True),
    ("alice", "priority=none", True),
    ("bob", "priority=none&order=oldest", True),
    ("alice", "order=oldest&inbox=1", False),
    ("bob", "order=oldest&inbox=1", False),
    ("alice", "order=oldest", False),
    ("bob", "order=newest", False),
    ("alice", "order=newest&inbox=0", False),
]


@pytest.mark.django_db
def test_lists_read_little_more_than_they_show(cast, history, monkeypatch):
    """One test for all lists, because making the history takes longer than reading them."""
    monkeypatch.setattr(conversation_list, "MOST_BY_KEYS", FEW // 2)
    wrong = {}
    for who, query, is_empty in LISTS:
        values = QueryDict(query).dict()
        if "label" in values and values["label"] != NONE:
            values["label"] = str(cast["labels"][values["label"]].pk)
        if "inbox" in values:
            values["inbox"] = str(cast["inboxes"][int(values["inbox"])].pk)
        values = {"view": "all", **values, "status": "resolved"}
        filters = ConversationFilters.from_query(values)
        read, shown = count_rows_read(ConversationList(filters, cast[who]))
        if read > FEW or (shown == 0) is not is_empty:
            wrong[who, query] = {"read": read, "shown": shown}
    assert not wrong
