from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0006_hand_over_undone'),
    ]

    operations = [
        migrations.AddField(
            model_name='handedover',
            name='was_routed',
            field=models.BooleanField(default=False),
        ),
    ]
