import django.db.models.deletion
from django.db import migrations, models

import messagehub.lib.same_workspace


class Migration(migrations.Migration):
    dependencies = [("inbox", "0009_contact_nicknames"), ("teams", "0005_member_colours")]

    operations = [
        migrations.RenameField("conversation", "put_back_by", "released_by"),
        migrations.RenameField("conversation", "put_back_at", "released_at"),
        migrations.RenameField("conversation", "passed_by", "timed_out_for"),
        migrations.RenameField("conversation", "answer_from", "response_timer_started_at"),
        migrations.RenameField("conversation", "answer_by", "response_due_at"),
        migrations.RenameField("conversation", "preview_from", "preview_kind"),
        migrations.RenameField("conversation", "window_started_at", "rate_window_started_at"),
        migrations.RenameField("conversation", "window_seq", "rate_window_seq"),
        migrations.RenameField("visitor", "address", "ip_address"),
        migrations.RenameField("pendinghandover", "hand_to", "assignee"),
        migrations.RenameField("pendinghandover", "by", "decided_by"),
        migrations.RenameModel("Reading", "ReadMarker"),
        migrations.RemoveConstraint(
            model_name="conversation",
            name="one_number_a_workspace",
        ),
        migrations.RemoveConstraint(
            model_name="conversation",
            name="one_live_conversation_a_contact",
        ),
        migrations.RemoveConstraint(
            model_name="inboxmember",
            name="once_in_an_inbox",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="one_seq_a_conversation",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="a_retry_is_the_same_message",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="contact_messages_can_be_retried",
        ),
        migrations.RemoveConstraint(
            model_name="pendinghandover",
            name="pendinghandover_hand_to_same_workspace",
        ),
        migrations.RemoveConstraint(
            model_name="pendinghandover",
            name="pendinghandover_by_same_workspace",
        ),
        migrations.RemoveConstraint(
            model_name="pendinghandover",
            name="one_pending_handover_a_member",
        ),
        migrations.RemoveConstraint(
            model_name="readmarker",
            name="one_reading_a_member",
        ),
        migrations.RemoveConstraint(
            model_name="readmarker",
            name="reading_conversation_same_workspace",
        ),
        migrations.RemoveConstraint(
            model_name="readmarker",
            name="reading_membership_same_workspace",
        ),
        migrations.RemoveConstraint(
            model_name="visitor",
            name="one_visitor_a_token",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_answer_by",
        ),
        migrations.RemoveIndex(
            model_name="visitor",
            name="visitors_by_address",
        ),
        migrations.AlterField(
            model_name="message",
            name="activity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("assigned", "Assigned"),
                    ("kept", "Kept"),
                    ("unassigned", "Unassigned"),
                    ("returned", "Returned"),
                    ("waiting", "Waiting"),
                    ("resolved", "Resolved"),
                    ("reopened", "Reopened"),
                    ("snoozed", "Snoozed"),
                    ("woken", "Woken"),
                    ("owner_set", "Owner Set"),
                    ("contact_name", "Contact Name"),
                    ("contact_email", "Contact Email"),
                    ("email_left", "Email Left"),
                    ("undelivered", "Undelivered"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="readmarker",
            name="conversation",
            field=messagehub.lib.same_workspace.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="read_markers",
                to="inbox.conversation",
            ),
        ),
        migrations.AlterField(
            model_name="readmarker",
            name="membership",
            field=messagehub.lib.same_workspace.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="read_markers",
                to="teams.membership",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("response_due_at__isnull", False)),
                fields=["response_due_at"],
                name="conversation_response_due",
            ),
        ),
        migrations.AddIndex(
            model_name="visitor",
            index=models.Index(
                fields=["inbox", "ip_address", "created_at"], name="visitor_by_ip_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                fields=("workspace", "number"), name="one_number_per_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=("inbox", "contact"),
                name="one_unresolved_conversation_per_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboxmember",
            constraint=models.UniqueConstraint(
                fields=("inbox", "membership"), name="one_inbox_member_per_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("conversation", "seq"), name="one_seq_per_conversation"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("conversation", "client_id"), name="one_message_per_client_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "contact"), _negated=True),
                    ("client_id__isnull", False),
                    _connector="OR",
                ),
                name="contact_message_has_client_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendinghandover",
            constraint=messagehub.lib.same_workspace.SameWorkspace(
                field="assignee", name="pendinghandover_assignee_same_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="pendinghandover",
            constraint=messagehub.lib.same_workspace.SameWorkspace(
                field="decided_by", name="pendinghandover_decided_by_same_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="pendinghandover",
            constraint=models.UniqueConstraint(
                fields=("membership",), name="one_pending_handover_per_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=messagehub.lib.same_workspace.SameWorkspace(
                field="conversation", name="readmarker_conversation_same_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=messagehub.lib.same_workspace.SameWorkspace(
                field="membership", name="readmarker_membership_same_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=models.UniqueConstraint(
                fields=("conversation", "membership"), name="one_read_marker_per_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitor",
            constraint=models.UniqueConstraint(
                fields=("inbox", "token_hash"), name="one_visitor_per_token"
            ),
        ),
    ]
