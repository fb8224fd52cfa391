from django.db import transaction

from teams import audit
from teams.hours_format import format_days_off
from teams.models import Workspace
from teams.signals import calendar_changed


def set_holidays(workspace, holidays, *, by):
    """Set the days on which no one in the workspace is expected to answer (teams.hours).

    The sweep of teams.tasks publishes changed statuses within seconds.
    """
    with transaction.atomic():
        locked = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        before = locked.holidays
        if before == holidays:
            return False
        workspace.holidays = locked.holidays = holidays
        locked.save(update_fields=["holidays"])
        calendar_changed.send(Workspace, workspace=locked)
        audit.record(
            workspace,
            "workspace.updated",
            by=by,
            target=workspace.name,
            before={"holidays": format_days_off(before)},
            after={"holidays": format_days_off(holidays)},
        )
    return True
