import django.db.models.deletion
from django.db import migrations, models

import messagehub.lib.same_workspace
from routing.models.decision import Trigger
from routing.models.routing import Routing
from routing.rules import Rule

NAMES = ("inbox", "membership")


class Migration(migrations.Migration):
    dependencies = [("routing", "0009_same_workspace")]

    operations = [
        migrations.AlterField("decision", "rule", models.CharField(max_length=30, choices=Rule)),
        migrations.AlterField(
            "decision", "trigger", models.CharField(max_length=20, choices=Trigger)
        ),
        migrations.AlterField(
            "routing",
            "leads",
            models.CharField(choices=Routing.Leads, default="assign", max_length=10),
        ),
        *[
            migrations.RemoveConstraint("turn", name)
            for name in (
                "turn_inbox_same_workspace",
                "turn_membership_same_workspace",
                "one_turn_in_an_inbox",
            )
        ],
        migrations.RenameModel("Turn", "RotationEntry"),
        migrations.RenameField("rotationentry", "turn", "last_assigned_at"),
        migrations.RenameField("routing", "turn", "assignment_count"),
        *[
            migrations.AlterField(
                "rotationentry",
                name,
                messagehub.lib.same_workspace.TenantForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="rotation_entries",
                    to=to,
                ),
            )
            for name, to in zip(NAMES, ("inbox.inbox", "teams.membership"), strict=True)
        ],
        *[
            migrations.AddConstraint(
                "rotationentry",
                messagehub.lib.same_workspace.SameWorkspace(
                    field=name, name=f"rotationentry_{name}_same_workspace"
                ),
            )
            for name in NAMES
        ],
        migrations.AddConstraint(
            "rotationentry",
            models.UniqueConstraint(fields=NAMES, name="one_rotation_entry_in_an_inbox"),
        ),
    ]
