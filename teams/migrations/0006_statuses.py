import django.contrib.postgres.fields
import django.db.models.deletion
import messagehub.lib.same_workspace
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0005_member_colours'),
    ]

    operations = [
        migrations.RenameField('membership', 'told_code', 'announced_status'),
        migrations.RenameField('membership', 'away_since', 'away_at'),
        migrations.RemoveConstraint(model_name='statechange', name='statechange_membership_same_workspace'),
        migrations.RemoveConstraint(model_name='statechange', name='statechange_by_same_workspace'),
        migrations.RenameModel('StateChange', 'StatusChange'),
        migrations.RenameField('statuschange', 'code', 'status'),
        migrations.RemoveField('invitation', 'parts'),
        migrations.RenameIndex(
            model_name='statuschange',
            new_name='status_changes_of_member',
            old_name='states_of_member',
        ),
        migrations.AddField(
            model_name='invitation',
            name='inbox_ids',
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name='membership',
            name='announced_status',
            field=models.CharField(choices=[('available', 'Available'), ('at_capacity', 'Busy: at capacity'), ('away', 'Away'), ('outside_office_hours', 'Outside office hours'), ('day_off', 'Day off'), ('offline', 'No page open'), ('unknown', 'Unknown'), ('suspended', 'Suspended')], default='offline', editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name='role',
            name='permissions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('answer', 'Answer conversations'), ('assign', 'Assign conversations'), ('resolve', 'Resolve and reopen conversations'), ('see_all', 'See all conversations, not only their own and unassigned ones'), ('edit_contacts', 'Edit contacts'), ('canned_replies', 'Manage canned replies'), ('see_reports', 'View reports'), ('manage_inboxes', 'Manage inboxes and their widgets'), ('manage_team', 'Manage team members, teams and roles'), ('see_audit_log', 'View the audit log'), ('change_settings', 'Change workspace settings')], max_length=30), blank=True, default=list, size=None),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='membership',
            field=messagehub.lib.same_workspace.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_changes', to='teams.membership'),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='status',
            field=models.CharField(choices=[('available', 'Available'), ('at_capacity', 'Busy: at capacity'), ('away', 'Away'), ('outside_office_hours', 'Outside office hours'), ('day_off', 'Day off'), ('offline', 'No page open'), ('unknown', 'Unknown'), ('suspended', 'Suspended')], max_length=20),
        ),
        migrations.AlterField(
            model_name='teammember',
            name='membership',
            field=messagehub.lib.same_workspace.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_memberships', to='teams.membership'),
        ),
        migrations.AlterField(
            model_name='teammember',
            name='team',
            field=messagehub.lib.same_workspace.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_members', to='teams.team'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=messagehub.lib.same_workspace.SameWorkspace(field='membership', name='statuschange_membership_same_workspace'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=messagehub.lib.same_workspace.SameWorkspace(field='by', name='statuschange_by_same_workspace'),
        ),
    ]
