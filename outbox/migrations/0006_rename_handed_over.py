from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_lately")]

    operations = [
        migrations.RenameField("delivery", "handed_over", "unconfirmed_attempts"),
    ]
