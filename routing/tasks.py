from celery import shared_task


@shared_task
def sweep_waiting():
    """Assign waiting conversations that were missed, and send emails about unanswered ones."""
    from routing.actions.queue import assign_all_queues
    from routing.emails.sweep import email_about_unanswered

    assign_all_queues()
    email_about_unanswered()


@shared_task
def assign_workspace_queue(workspace):
    """Assign the rest of a long queue, for which a request had no time."""
    from inbox.models import Conversation
    from routing.actions.queue import assign_queue
    from routing.models import Trigger

    assign_queue(Conversation.objects.filter(workspace=workspace), trigger=Trigger.AVAILABLE)


@shared_task
def sweep_overdue():
    """Reassign what wasn't answered in time."""
    from routing.actions.queue import reassign_all_overdue

    reassign_all_overdue()


@shared_task
def forget_decisions():
    """Delete old decisions."""
    from routing.retention import delete_old_decisions

    delete_old_decisions()
