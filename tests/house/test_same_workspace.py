"""The database refuses references between workspaces."""

import json

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from inbox.models import (
    Attachment,
    BulkItem,
    BulkRun,
    CannedReply,
    CannedReplyInbox,
    Contact,
    ContactIdentity,
    ContactImport,
    ContactJob,
    ContactNote,
    Conversation,
    ConversationLabel,
    Draft,
    Embedding,
    FavouriteInbox,
    Follower,
    FormerContact,
    IdentitySecret,
    Inbox,
    InboxMember,
    Label,
    Mention,
    Message,
    PageGreeting,
    PendingHandover,
    ReadMarker,
    SavedView,
    Visitor,
)
from messagehub.lib.ids import new_id
from notifications.models import Notification
from reports.models import Fact, RecordedConversation, WeeklyReportSubscription
from routing.models import Decision, Handover, HandoverItem, RotationEntry, Routing, Target
from search.models import SearchEntry
from teams.models import (
    AuditEntry,
    Invitation,
    InvitationLink,
    InvitationTeam,
    Membership,
    StatusChange,
    Team,
    TeamMember,
    Workspace,
)

MODELS = apps.get_models(include_auto_created=True)


def has_workspace(model):
    return any(field.name == "workspace" for field in model._meta.local_fields)


def references(model):
    """Return the model's foreign keys to rows that belong to a workspace."""
    fields = [field for field in model._meta.local_fields if field.many_to_one or field.one_to_one]
    return [field for field in fields if has_workspace(field.related_model)]


REFERENCES = [(m, field) for m in MODELS if has_workspace(m) for field in references(m)]

KEYS = """
SELECT array_agg(own.attname ORDER BY own.attname), array_agg(target.attname ORDER BY own.attname)
FROM pg_constraint
CROSS JOIN unnest(conkey, confkey) AS pairs(own, target)
JOIN pg_attribute own ON own.attrelid = conrelid AND own.attnum = pairs.own
JOIN pg_attribute target ON target.attrelid = confrelid AND target.attnum = pairs.target
WHERE contype = 'f' AND conrelid = %s::regclass AND confrelid = %s::regclass
GROUP BY pg_constraint.oid
"""


def keys(model, target):
    """Return the database's foreign keys between two tables, as sets of column pairs."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [model._meta.db_table, target._meta.db_table])
        return [set(zip(*pair, strict=True)) for pair in cursor.fetchall()]


def test_the_references_are_found():
    assert len(REFERENCES) > 30


def test_a_model_that_references_a_workspaces_row_has_a_workspace():
    """Without that column the database can't compare the two."""
    assert [m for m in MODELS if references(m) and not has_workspace(m)] == []


@pytest.mark.django_db
def test_each_reference_is_a_foreign_key_that_includes_the_workspace():
    for model, field in REFERENCES:
        composite = {("workspace_id", "workspace_id"), (field.column, "id")}
        found = keys(model, field.related_model)
        assert composite in found, (
            f"{model.__name__}.{field.name}: make it a TenantForeignKey, list it in the model's "
            "same_workspace_constraints(), and give its target a UniqueConstraint on "
            '["workspace", "id"].'
        )
        assert {(field.column, "id")} not in found, f"{field}: a second check, which only costs"


def targets(workspace):
    """Create one row of each referenced model, in a workspace with a member and an inbox."""
    same = {"workspace": workspace}
    member = Membership.objects.filter(workspace=workspace).first()
    inbox = workspace.inboxes.first()
    contact = Contact.objects.create(**same, owner=member, blocked_by=member)
    number = workspace.next_number()
    conversation = Conversation.objects.create(
        **same, inbox=inbox, contact=contact, number=number, assignee=member
    )
    joined = {"invited_by": member, "accepted_as": member, "accepted_at": timezone.now()}
    invitation = Invitation.objects.create(**same, role=member.role, **joined)
    team = Team.objects.create(**same, name="Sales")
    handover = Handover.objects.create(**same, membership=member, by=member)
    canned = CannedReply.objects.create(**same, shortcut="hi", name="Hi", body="Hi")
    label = Label.objects.create(**same, name="Billing", colour=0)
    run = BulkRun.objects.create(**same, by=member, operation="resolve", state="finished")
    secret = IdentitySecret.objects.create(**same, inbox=inbox, encrypted="x")
    identity = ContactIdentity.objects.create(
        **same, inbox=inbox, contact=contact, subject=str(new_id()), verified_at=timezone.now()
    )
    made = [member, member.role, inbox, contact, conversation, team, invitation, handover, canned]
    made += [label, run, secret, identity]
    return {type(row): row for row in made}


def rows(workspace):
    """Create one row of every model with a reference."""
    known, same = targets(workspace), {"workspace": workspace}
    member, inbox = known[Membership], known[Inbox]
    here, them = {**same, "inbox": inbox}, {**same, "membership": member}
    talk = {**same, "conversation": known[Conversation]}
    said = {"seq": 1, "kind": "contact", "client_id": new_id()}
    link = {"token_hash": str(new_id()), "mailed": False}
    made = [
        Visitor.objects.create(
            **here,
            contact=known[Contact],
            token_hash=str(new_id()),
            identity=known[ContactIdentity],
            verified_with=known[IdentitySecret],
        ),
        InboxMember.objects.get_or_create(**here, membership=member)[0],
        Embedding.objects.create(**here, site="https://a.example", last_seen_at=timezone.now()),
        PageGreeting.objects.create(**here, text="Hello", sender=member),
        CannedReplyInbox.objects.create(**here, canned_reply=known[CannedReply]),
        Message.objects.create(**talk, **said, author=member, contact=known[Contact]),
        Attachment.objects.create(**talk, seq=1, member=member, size=1, storage_key=str(new_id())),
        ConversationLabel.objects.create(**talk, label=known[Label]),
        BulkItem.objects.create(**talk, run=known[BulkRun]),
        ReadMarker.objects.create(**talk, membership=member, seq=1),
        SavedView.objects.create(**same, member=member, name="Mine", query=""),
        FavouriteInbox.objects.create(**them, inbox=inbox),
        Follower.objects.create(**talk, membership=member),
        Notification.objects.create(**talk, membership=member, seq=1, happened_at=timezone.now()),
        Mention.objects.create(**talk, membership=member, seq=1, mentioned_at=timezone.now()),
        Draft.objects.create(
            **talk, membership=member, kind="reply", client_id=new_id(), tab=new_id()
        ),
        Decision.objects.create(**talk, chosen=member, candidates=[], microseconds=1),
        HandoverItem.objects.create(**talk, handover=known[Handover], action="queue", seq=1),
        Routing.objects.get_or_create(**here)[0],
        Target.objects.create(**here, membership=member),
        RotationEntry.objects.create(**here, membership=member, last_assigned_at=1),
        AuditEntry.objects.create(**same, action="member.invited", by=member),
        InvitationLink.objects.create(**same, invitation=known[Invitation], **link),
        InvitationTeam.objects.create(**same, invitation=known[Invitation], team=known[Team]),
        StatusChange.objects.create(**them, status="away", by=member),
        TeamMember.objects.create(**them, team=known[Team]),
        PendingHandover.objects.create(**them, assignee=member, decided_by=member),
        Fact.objects.create(
            **talk, seq=1, kind="new", at=timezone.now(), inbox=inbox, member=member
        ),
        RecordedConversation.objects.create(**talk),
        WeeklyReportSubscription.objects.create(**them),
        SearchEntry.objects.create(**talk, id=new_id(), vector=""),
        ContactNote.objects.create(**same, contact=known[Contact], author=member, body="VIP"),
        FormerContact.objects.create(**same, contact=known[Contact]),
        ContactImport.objects.create(**same, by=member, file_name="a.csv"),
        ContactJob.objects.create(**same, by=member, kind="export", worked_at=timezone.now()),
    ]
    return known | {type(row): row for row in made}


REPLACE = """
WITH old AS (DELETE FROM {table} WHERE id = %s RETURNING *)
INSERT INTO {table} ({columns})
SELECT {columns} FROM (
    SELECT (jsonb_populate_record(ROW(old.*)::{table}, %s::jsonb)).* FROM old
) AS changed
"""


def insert_instead(row, **columns):
    """Replace the row by SQL with one that has these columns, then check the references.

    The id stays, so references to the row remain valid. Everything is rolled back afterwards.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        quote = connection.ops.quote_name
        stored = [each.column for each in row._meta.concrete_fields if not each.generated]
        sql = REPLACE.format(table=quote(row._meta.db_table), columns=", ".join(map(quote, stored)))
        cursor.execute(sql, [row.id, json.dumps(columns)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_row_of_another_workspace_cannot_be_referenced(acme, globex):
    ours, theirs = rows(acme.workspace), targets(globex.workspace)
    for model, field in REFERENCES:
        assert model in ours, f"add a row of {model.__name__} to rows()"
        with transaction.atomic():
            assert_refused(model, field, ours, theirs)
            transaction.set_rollback(True)


def assert_refused(model, field, ours, theirs):
    row, foreign = ours[model], theirs[field.related_model]
    if model is Target and field.name == "team":  # a target is a member or a team, never both
        Target.objects.filter(pk=row.pk).update(membership=None, team=ours[Team])
    insert_instead(row, **{field.column: str(ours[field.related_model].pk)})  # the premise
    constraint = f"{model._meta.model_name}_{field.name}_same_workspace"
    with pytest.raises(IntegrityError, match=constraint) as refused:
        insert_instead(row, **{field.column: str(foreign.pk)})
    assert refused.value.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db
def test_a_row_cannot_move_to_another_workspace(acme, globex, vera):
    message = vera.writes()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_message SET workspace_id = %s WHERE id = %s",
            [globex.workspace.pk, message.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_deleting_a_row_sets_only_the_reference_to_it_to_null(acme, vera):
    conversation = vera.writes().conversation
    Conversation.objects.update(assignee=acme.bob)
    acme.bob.delete()
    connection.check_constraints()
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.workspace) == (None, acme.workspace)


@pytest.mark.django_db
def test_a_workspace_is_deleted_with_all_its_rows_and_no_other(acme, globex):
    rows(acme.workspace), rows(globex.workspace)
    acme.workspace.delete()
    connection.check_constraints()
    for model in filter(has_workspace, MODELS):
        assert not model.objects.exclude(workspace=globex.workspace).exists()
    assert Workspace.objects.get() == globex.workspace
