from django.db import migrations

from messagehub.lib.clean_rows import clean_column


def clean_names(apps, schema_editor):
    # Without a name a person is shown by their address.
    clean_column(apps.get_model("accounts", "User"), "name", empty="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_cache_table")]

    operations = [migrations.RunPython(clean_names, migrations.RunPython.noop)]
