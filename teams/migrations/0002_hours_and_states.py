
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import messagehub.lib.ids
import teams.models.workspace
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='away_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='teams.membership'),
        ),
        migrations.AddField(
            model_name='membership',
            name='capacity',
            field=models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='membership',
            name='email_mine',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='email_queue',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='hours',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='membership',
            name='quiet_from',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='quiet_to',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='reassign_replies',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='membership',
            name='time_zone',
            field=models.CharField(blank=True, default='', max_length=60, validators=[teams.models.workspace.known_time_zone], verbose_name='time zone'),
        ),
        migrations.AddField(
            model_name='membership',
            name='told_code',
            field=models.CharField(default='offline', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='workspace',
            name='holidays',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.UUIDField(default=messagehub.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('code', models.CharField(max_length=20)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='teams.membership')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='states', to='teams.membership')),
                ('workspace', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='teams.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['membership', '-created_at'], name='states_of_member')],
            },
        ),
    ]
