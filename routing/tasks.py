from celery import shared_task


@shared_task
def sweep_waiting():
    """Nobody waits although somebody could take it, whatever got lost on the way."""
    from routing.actions.queue import assign_all_queues
    from routing.emails.sweep import email_about_unanswered

    assign_all_queues()
    email_about_unanswered()


@shared_task
def assign_workspace_queue(workspace):
    """The rest of a long queue, for whom a request had no time."""
    from inbox.models import Conversation
    from routing.actions.queue import drain

    drain(Conversation.objects.filter(workspace=workspace), trigger="available")


@shared_task
def sweep_overdue():
    """The answer-by time of somebody is over."""
    from routing.actions.queue import reassign_overdue

    reassign_overdue()


@shared_task
def forget_decisions():
    """Why long ago somebody was given a conversation."""
    from routing.retention import delete_old_decisions

    delete_old_decisions()
