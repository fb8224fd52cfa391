from celery import shared_task


@shared_task
def sweep_presence():
    """People whose last page fell silent are shown as offline everywhere."""
    from teams import presence
    from teams.actions.announcement import announce_safely, by_workspace
    from teams.models import Membership

    gone = presence.sweep()
    members = Membership.objects.active().with_person().filter(pk__in=gone)
    for _workspace, together in by_workspace(members):
        announce_safely(*together)


@shared_task
def sweep_states():
    """Office hours that began or ended, and whatever else changed without anybody's doing."""
    from teams.actions.announcement import announce_what_changed

    announce_what_changed()


@shared_task
def purge():
    """Deleted workspaces whose time to be brought back is over."""
    from teams.actions.workspace import purge_deleted_workspaces

    purge_deleted_workspaces()


@shared_task
def forget_states():
    """The timeline of states goes back so far and no further."""
    from teams.retention import forget_old_states

    forget_old_states()
