import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0007_handed_over_was_routed'),
        ('teams', '0002_hours_and_states'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.membership'),
        ),
    ]
