import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task
def sweep_presence():
    """People whose last page fell silent are shown as offline everywhere.

    What goes wrong with one of them does not hold up the others.
    """
    from teams import presence
    from teams.actions.availability import announce_availability
    from teams.models import Membership

    gone = presence.sweep()
    for membership in Membership.objects.active().with_person().filter(pk__in=gone):
        try:
            announce_availability(membership)
        except Exception:
            logger.exception("availability of %s", membership.pk)


@shared_task
def sweep_states():
    """Office hours that began or ended, and whatever else changed without anybody's doing."""
    from teams.actions.availability import announce_what_changed

    announce_what_changed()


@shared_task
def purge():
    """Deleted workspaces whose time to be brought back is over."""
    from teams.actions.workspace import purge_deleted_workspaces

    purge_deleted_workspaces()
