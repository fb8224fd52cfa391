from celery import shared_task


@shared_task
def sweep_presence():
    """Show members as offline once their last page has fallen silent."""
    from teams import presence
    from teams.actions.status import by_workspace, publish_status_changes
    from teams.models import Membership

    gone = presence.expire_tabs()
    members = Membership.objects.active().with_related().filter(pk__in=gone)
    for _workspace, group in by_workspace(members):
        publish_status_changes(*group, one_by_one=True)


@shared_task
def sweep_statuses():
    """Publish statuses that changed by themselves, such as when office hours begin or end."""
    from teams.actions.status import publish_stale_statuses

    publish_stale_statuses()


@shared_task
def purge_workspaces():
    """Erase deleted workspaces that can no longer be restored."""
    from teams.actions.workspace import purge_deleted_workspaces

    purge_deleted_workspaces()


@shared_task
def delete_old_status_changes():
    from teams import retention

    retention.delete_old_status_changes()
