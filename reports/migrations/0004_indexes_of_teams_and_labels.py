from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0003_teams_and_labels'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(fields=['workspace', 'kind', 'at'], include=('inbox', 'member', 'conversation', 'seconds', 'open_seconds', 'rule'), name='facts_of_workspace'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(condition=models.Q(('team_id__isnull', False), ('label_ids__isnull', False), _connector='OR'), fields=['workspace', 'kind', 'at'], include=('inbox', 'member', 'conversation', 'seconds', 'open_seconds', 'rule', 'team_id', 'label_ids'), name='facts_with_team_or_labels'),
        ),
    ]
