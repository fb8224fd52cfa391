from celery import shared_task


@shared_task
def sweep_presence():
    """People whose last page fell silent are shown as offline everywhere."""
    from teams import presence
    from teams.actions.status import publish_status_changes, by_workspace
    from teams.models import Membership

    gone = presence.expire_tabs()
    members = Membership.objects.active().with_related().filter(pk__in=gone)
    for _workspace, together in by_workspace(members):
        publish_status_changes(*together, one_by_one=True)


@shared_task
def sweep_statuses():
    """Office hours that began or ended, and whatever else changed without anybody's doing."""
    from teams.actions.status import publish_stale_statuses

    publish_stale_statuses()


@shared_task
def purge():
    """Deleted workspaces whose time to be brought back is over."""
    from teams.actions.workspace import purge_deleted_workspaces

    purge_deleted_workspaces()


@shared_task
def delete_old_status_changes():
    """The timeline of states goes back so far and no further."""
    from teams.retention import delete_old_status_changes

    delete_old_status_changes()
