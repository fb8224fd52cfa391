import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0005_first_site'),
    ]

    operations = [
        migrations.RenameField('conversation', 'put_back_by', 'put_back_last'),
        migrations.AddField(
            model_name='conversation',
            name='put_back_by',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='conversation',
            name='put_back_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(
            'UPDATE inbox_conversation SET put_back_by = ARRAY[put_back_last_id], put_back_at = now() WHERE put_back_last_id IS NOT NULL',
            'UPDATE inbox_conversation SET put_back_last_id = put_back_by[1]',
        ),
        migrations.RemoveField('conversation', 'put_back_last'),
    ]
