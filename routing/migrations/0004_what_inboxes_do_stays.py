from collections import Counter

from django.db import migrations

from messagehub.lib.ids import new_id


def keep_the_queue(apps, schema_editor):
    """New inboxes give leads out in turn; the queue of those that are there stays one."""
    Inbox = apps.get_model("inbox", "Inbox")
    Routing = apps.get_model("routing", "Routing")
    Routing.objects.update(leads="queue")
    missing = Inbox.objects.exclude(pk__in=Routing.objects.values("inbox"))
    for inbox in missing.iterator():
        Routing.objects.create(
            id=new_id(), workspace_id=inbox.workspace_id, inbox=inbox, leads="queue"
        )


def count_codes(apps, schema_editor):
    """Decisions of before say who was chosen and how many had which code, like new ones."""
    Decision = apps.get_model("routing", "Decision")
    for decision in Decision.objects.iterator():
        codes = Counter(each["code"] for each in decision.candidates)
        names = {each["id"]: each["name"] for each in decision.candidates}
        decision.tally = dict(codes.most_common())
        decision.chosen_name = names.get(str(decision.chosen_id), "")[:80]
        decision.save(update_fields=["tally", "chosen_name"])


class Migration(migrations.Migration):
    dependencies = [("routing", "0003_routing_settings")]

    operations = [
        migrations.RunPython(keep_the_queue, migrations.RunPython.noop),
        migrations.RunPython(count_codes, migrations.RunPython.noop),
    ]
