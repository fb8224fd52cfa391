from django.db import migrations, models
from django.db.models.functions import Lower

from messagehub.lib.clean_rows import clean_column, number_doubles
from messagehub.lib.name_comparison import Normalized


def clean_names(apps, schema_editor):
    clean_column(apps.get_model("teams", "Workspace"), "name", empty="Workspace")
    clean_column(apps.get_model("teams", "Invitation"), "name", empty="Agent")
    for name in ("Team", "Role"):
        model = apps.get_model("teams", name)
        clean_column(model, "name", empty=name)
        number_doubles(model)
    # Checks of references that still wait would keep the indexes from being built.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unique_name(name):
    return models.UniqueConstraint(
        models.F("workspace"), Lower(Normalized("name", form="NFKC")), name=name
    )


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_hours_and_states")]

    operations = [
        migrations.RemoveConstraint("role", "one_role_a_name"),
        migrations.RemoveConstraint("team", "one_team_a_name"),
        migrations.RunPython(clean_names, migrations.RunPython.noop),
        migrations.AddConstraint("role", unique_name("one_role_a_name")),
        migrations.AddConstraint("team", unique_name("one_team_a_name")),
    ]
