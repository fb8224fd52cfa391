from celery import shared_task


@shared_task
def wake_snoozed():
    """Wake conversations whose snooze is over."""
    from inbox.actions.snooze import wake_due_conversations

    wake_due_conversations()


@shared_task
def finish_handover(pending):
    """Finish a handover that was too large for a request."""
    from inbox.actions.handover import continue_handover

    continue_handover(pending)


@shared_task
def sweep_handovers():
    """Finish handovers that a failure or a killed process left incomplete."""
    from inbox.actions.handover import finish_handovers

    finish_handovers()


@shared_task
def continue_bulk_run(pk):
    """Continue a bulk run that was too long for a request."""
    from inbox.actions import bulk

    if not bulk.continue_bulk_run(pk, seconds=bulk.SECONDS_PER_TASK):
        continue_bulk_run.delay(pk)


@shared_task
def sweep_bulk_runs():
    """Continue bulk runs that a failure or a killed process left incomplete."""
    from inbox.actions import bulk_sweep

    bulk_sweep.sweep_bulk_runs()


@shared_task
def return_remaining_to_queue(workspace):
    """Return the conversations of ineligible assignees that a request had no time for."""
    from inbox.actions.assignment import return_ineligible_to_queue
    from inbox.models import Conversation

    return_ineligible_to_queue(Conversation.objects.filter(workspace=workspace))


@shared_task
def sweep_files():
    """Delete files that were never sent, and the bytes of deleted ones."""
    from inbox.actions.attachment import delete_discarded_files, delete_unsent_files

    delete_unsent_files()
    delete_discarded_files()


@shared_task
def continue_contact_job(pk):
    """Continue a change of many contacts, or an export."""
    from inbox.actions import contact_job

    if not contact_job.continue_contact_job(pk, seconds=contact_job.SECONDS_PER_TASK):
        continue_contact_job.delay(pk)


@shared_task
def sweep_contact_jobs():
    """Continue contact jobs whose worker died, and delete old ones with their files."""
    from inbox.actions import contact_job

    contact_job.sweep_contact_jobs()


@shared_task
def continue_contact_import(pk):
    """Check or import a file of contacts."""
    from inbox.actions import contact_import

    contact_import.continue_import(pk)


@shared_task
def sweep_contact_imports():
    """Start again imports whose worker died, and delete abandoned files and old reports."""
    from inbox.actions import contact_import

    contact_import.sweep_contact_imports()
