from django.db import migrations


class Migration(migrations.Migration):
    """Emails of a local start now live in localmail."""

    dependencies = [
        ('demo', '0001_initial'),
    ]

    operations = [
        migrations.DeleteModel(
            name='DemoMail',
        ),
    ]
