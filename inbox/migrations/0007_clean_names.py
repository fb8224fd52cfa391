from django.db import migrations, models
from django.db.models.functions import Collate, Lower, Upper

from messagehub.lib.clean_rows import clean_column
from messagehub.lib.name_comparison import Normalized, WithoutAccents


def clean_names(apps, schema_editor):
    clean_column(apps.get_model("inbox", "Contact"), "name", empty="")
    clean_column(apps.get_model("inbox", "Inbox"), "name", empty="Inbox")
    clean_column(apps.get_model("inbox", "Inbox"), "greeting", empty="")
    # Checks of references that still wait would keep the index from being built.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def search_key(field):
    return Collate(Lower(Upper(WithoutAccents(Normalized(field, form="NFKD")))), "C")


class Migration(migrations.Migration):
    dependencies = [("inbox", "0006_put_back_by_several")]

    operations = [
        migrations.RemoveIndex("contact", "contact_name_begins"),
        migrations.RunPython(clean_names, migrations.RunPython.noop),
        migrations.AddIndex(
            "contact",
            models.Index(models.F("workspace"), search_key("name"), name="contact_name_begins"),
        ),
    ]
