from itertools import groupby

from django.db import migrations, models

from messagehub.lib.text import initials
from teams.colours import pick_hue


def give_colours(apps, schema_editor):
    """Members in the order they came; those who have left keep the colour they had by chance."""
    Membership = apps.get_model("teams", "Membership")
    present = Membership.objects.filter(removed_at=None).select_related("user")
    for _workspace, members in groupby(
        present.order_by("workspace_id", "created_at", "pk").iterator(2000),
        key=lambda each: each.workspace_id,
    ):
        taken, changed = [], []
        for member in members:
            letters = initials(member.user.name or member.user.email)
            member.colour = pick_hue(taken[-200:], letters)
            taken.append((member.colour, letters))
            changed.append(member)
        Membership.objects.bulk_update(changed, ["colour"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('teams', "0004_same_workspace"),
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='colour',
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.RunPython(give_colours, migrations.RunPython.noop, elidable=True),
    ]
