from celery import shared_task


@shared_task
def wake_snoozed():
    """What was snoozed until now comes back into the lists."""
    from inbox.actions.snooze import wake_due_conversations

    wake_due_conversations()


@shared_task
def finish_handover(pending):
    """The conversations of a member who lost access, for which a request had no time."""
    from inbox.actions.handover import continue_handover

    continue_handover(pending)


@shared_task
def sweep_handovers():
    """Handovers that a failure, or the death of a process, has left undone."""
    from inbox.actions.handover import finish_handovers

    finish_handovers()


@shared_task
def return_remaining_to_queue(workspace):
    """What people had when they lost an inbox or a role, for which a request had no time."""
    from inbox.actions.assignment import return_ineligible_to_queue
    from inbox.models import Conversation

    return_ineligible_to_queue(Conversation.objects.filter(workspace=workspace))
