from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0004_routed'),
    ]

    operations = [
        migrations.AddField(
            model_name='inbox',
            name='first_site',
            field=models.CharField(blank=True, default='', editable=False, max_length=255),
        ),
    ]
