from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="team_name",
            field=models.CharField(db_default="", default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="decision",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("message", "a visitor wrote"),
                    ("reopened", "reopened"),
                    ("unassigned", "returned to the queue"),
                    ("available", "an agent became available"),
                    ("member_left", "the agent left or lost access"),
                    ("timer", "not answered in time"),
                    ("sweep", "periodic check"),
                    ("reassign", "reassign replies"),
                    ("team", "a team was chosen"),
                    ("snooze_over", "back from snooze"),
                    ("settings", "settings changed"),
                ],
                max_length=20,
            ),
        ),
    ]
