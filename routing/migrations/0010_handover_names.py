import django.db.models.deletion
from django.db import migrations, models

import messagehub.lib.same_workspace
from messagehub.lib.same_workspace import SameWorkspace


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0008_same_workspace'),
        ('routing', '0009_same_workspace'),
        ('teams', '0004_same_workspace'),
    ]

    operations = [
        migrations.RemoveConstraint('handedover', 'handedover_hand_over_same_workspace'),
        migrations.RemoveConstraint('handedover', 'handedover_conversation_same_workspace'),
        migrations.RemoveConstraint('handedover', 'once_in_a_hand_over'),
        migrations.RenameModel('HandedOver', 'HandoverItem'),
        migrations.RenameField('handoveritem', 'hand_over', 'handover'),
        migrations.RenameField('handoveritem', 'what', 'action'),
        migrations.RenameField('handoveritem', 'undone', 'undo_result'),
        migrations.RenameIndex('handover', new_name='handovers_of_member', old_name='hand_overs_of_member'),
        migrations.AlterField(
            model_name='handover',
            name='membership',
            field=messagehub.lib.same_workspace.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='teams.membership'),
        ),
        migrations.AlterField(
            model_name='handoveritem',
            name='handover',
            field=messagehub.lib.same_workspace.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='routing.handover'),
        ),
        migrations.AlterField(
            model_name='handoveritem',
            name='action',
            field=models.CharField(choices=[('queue', 'Return to the queue'), ('assign', 'Assign to a colleague'), ('snooze', "Snooze until I'm back")], max_length=10),
        ),
        migrations.AlterField(
            model_name='handoveritem',
            name='undo_result',
            field=models.CharField(blank=True, choices=[('returned', "It's yours again"), ('already_yours', 'It was already yours'), ('resolved', 'It has been resolved'), ('changed', 'Someone else has worked on it since'), ('no_access', 'You no longer have access to its inbox')], default='', max_length=20),
        ),
        migrations.AddConstraint('handoveritem', SameWorkspace(field='handover', name='handoveritem_handover_same_workspace')),
        migrations.AddConstraint('handoveritem', SameWorkspace(field='conversation', name='handoveritem_conversation_same_workspace')),
        migrations.AddConstraint('handoveritem', models.UniqueConstraint(fields=('handover', 'conversation'), name='once_in_a_handover')),
    ]
