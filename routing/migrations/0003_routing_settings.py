
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import messagehub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0002_reading_and_timer'),
        ('routing', '0002_rotation_becomes_routing'),
        ('teams', '0002_hours_and_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandedOver',
            fields=[
                ('id', models.UUIDField(default=messagehub.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('what', models.CharField(choices=[('queue', 'Back to the queue'), ('person', 'To somebody else'), ('snooze', 'Snoozed until my next hours')], max_length=10)),
                ('seq', models.PositiveIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=messagehub.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.UUIDField(default=messagehub.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.AddField(
            model_name='decision',
            name='chosen_name',
            field=models.CharField(default='', max_length=80),
        ),
        migrations.AddField(
            model_name='decision',
            name='tally',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='routing',
            name='answer_minutes',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AddField(
            model_name='routing',
            name='fewest_open_first',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='routing',
            name='keep_reopened',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='routing',
            name='leads',
            field=models.CharField(choices=[('turn', 'Give it to the next in turn, online or not, and email that person'), ('queue', 'Leave it in the queue and email everybody above once')], default='turn', max_length=10),
        ),
        migrations.AddField(
            model_name='routing',
            name='owner_minutes',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AddField(
            model_name='routing',
            name='reply_minutes',
            field=models.PositiveSmallIntegerField(blank=True, default=5, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AddField(
            model_name='routing',
            name='to_owner',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='routing',
            name='inbox',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='routing', to='inbox.inbox'),
        ),
        migrations.AlterField(
            model_name='routing',
            name='turn',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['workspace', '-created_at'], name='decisions_of_workspace'),
        ),
        migrations.AddField(
            model_name='handedover',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inbox.conversation'),
        ),
        migrations.AddField(
            model_name='handedover',
            name='workspace',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='teams.workspace'),
        ),
        migrations.AddField(
            model_name='handover',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_overs', to='teams.membership'),
        ),
        migrations.AddField(
            model_name='handover',
            name='workspace',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='teams.workspace'),
        ),
        migrations.AddField(
            model_name='handedover',
            name='hand_over',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='routing.handover'),
        ),
        migrations.AddField(
            model_name='target',
            name='inbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='inbox.inbox'),
        ),
        migrations.AddField(
            model_name='target',
            name='membership',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='teams.membership'),
        ),
        migrations.AddField(
            model_name='target',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='teams.team'),
        ),
        migrations.AddField(
            model_name='target',
            name='workspace',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='teams.workspace'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['membership', '-created_at'], name='hand_overs_of_member'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('inbox', 'membership'), name='one_target_a_member'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('inbox', 'team'), name='one_target_a_team'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('membership__isnull', True), ('team__isnull', True), _connector='XOR'), name='target_is_member_or_team'),
        ),
    ]
