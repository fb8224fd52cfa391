"""Changes many conversations at once, each as its own action would, and undoes that.

The work is stored as rows, and each result in the transaction that changes its conversation. So a
run continues after its worker was killed, and does nothing twice.
"""

import logging
from time import monotonic

from django.db import IntegrityError, transaction
from django.utils import timezone

from inbox.actions.bulk_operations import OPERATIONS, Result, state_of
from inbox.change import changing
from inbox.models import BulkItem, BulkRun, Conversation, Message
from inbox.signals import bulk_run_finished, bulk_run_undone
from messagehub.lib.on_commit import enqueue_on_commit
from teams.models import Membership
from teams.permissions import Permission

logger = logging.getLogger(__name__)
MOST = 5_000  # conversations in a run
MAX_PER_REQUEST = 25  # which takes about a second; a longer run is left to the background
BATCH_SIZE = 25
SECONDS_PER_TASK = 20  # then other tasks get their turn
State = BulkRun.State


class RunInProgress(Exception):
    """The member's last run isn't finished yet."""


def start_bulk_run(conversations, *, operation, params, missing=0, by):
    """Change these conversations (ids): at once if they are few, else in the background.

    Raises RunInProgress.
    """
    workspace = by.workspace_id
    try:
        with transaction.atomic():
            run = BulkRun.objects.create(
                workspace_id=workspace,
                by=by,
                operation=operation,
                params=params,
                total=len(conversations),
                missing=missing,
            )
            BulkItem.objects.bulk_create(
                [
                    BulkItem(workspace_id=workspace, run=run, conversation_id=pk)
                    for pk in conversations
                ],
                batch_size=1_000,
            )
    except IntegrityError as error:
        raise_in_progress(error)
    return begin(run)


def raise_in_progress(error):
    if "one_bulk_run_at_a_time" in str(error):
        raise RunInProgress from None
    raise error


def undo_bulk_run(run):
    """Put back each conversation that no one has changed since. Return the run.

    Returns None if it's too late. Undoing twice changes nothing more. Raises RunInProgress.
    """
    try:
        with transaction.atomic():
            run = lock_run(run.pk)
            if run.state in (State.UNDOING, State.UNDONE):
                return run
            if not run.can_be_undone:
                return None
            run.state, run.worked_at = State.UNDOING, timezone.now()
            run.save(update_fields=["state", "worked_at"])
    except IntegrityError as error:
        raise_in_progress(error)
    return begin(run)


def stop_bulk_run(run):
    """Stop before the conversations that the run hasn't reached. An undo isn't stopped."""
    BulkRun.objects.filter(pk=run.pk, state=State.RUNNING).update(is_stopped=True)


def begin(run):
    """Work through a short run; leave a longer one to the background. Return it as it is now."""
    from inbox.tasks import continue_bulk_run as task

    if run.remaining.count() <= MAX_PER_REQUEST:
        continue_bulk_run(run.pk)
        run.refresh_from_db()
    else:
        enqueue_on_commit(task, str(run.pk))
    return run


def continue_bulk_run(pk, *, seconds=None):
    """Work through what is left of a run, or of its undo. Return whether all of it is done."""
    started_at = monotonic()
    while True:
        runs = BulkRun.objects.select_related("workspace", "by")
        run = runs.filter(pk=pk, workspace__deleted_at=None).first()
        if run is None or not run.is_running:
            return True
        if run.is_stopped and run.state == State.RUNNING:
            run.remaining.update(result=Result.STOPPED)
        items = list(run.remaining.order_by("pk")[:BATCH_SIZE])
        if not items:
            finish(pk)
            return True
        for item in items:
            change_one(run, item)
        BulkRun.objects.filter(pk=pk).update(worked_at=timezone.now())
        if seconds is not None and monotonic() - started_at > seconds:
            return False


def change_one(run, item):
    """Change the item's conversation, or undo that, and store the result together with it.

    A failure is logged and stored, so that it doesn't stop the others.
    """
    field = "undo_result" if run.state == State.UNDOING else "result"
    try:
        change_conversation(run, item, field)
    except (Conversation.DoesNotExist, BulkItem.DoesNotExist):
        BulkItem.objects.filter(pk=item.pk).delete()
    except Exception:
        logger.exception("bulk run %s, conversation %s", run.pk, item.conversation_id)
        BulkItem.objects.filter(pk=item.pk, **{field: ""}).update(**{field: Result.FAILED})


def change_conversation(run, item, field):
    operation = OPERATIONS[run.operation](run)
    with transaction.atomic():
        operation.lock(item)
        with changing(Conversation(pk=item.conversation_id)) as change:
            # A different process may have come to it first.
            item = BulkItem.objects.select_for_update(no_key=True).get(pk=item.pk)
            if getattr(item, field):
                return
            change.bulk_run = run.pk if run.total > 1 else None
            perform = undo if field == "undo_result" else apply
            setattr(item, field, perform(operation, change.conversation, item, run.by_id))
            item.save()


def apply(operation, conversation, item, by):
    member = find_member(by)
    if refusal := refuse(operation, conversation, member):
        return refusal
    before = state_of(conversation)
    result = operation.apply(conversation, member)
    if result == Result.CHANGED:
        item.before, item.after = before, state_of(conversation)
        item.seq = conversation.last_seq
    return result


def undo(operation, conversation, item, by):
    member = find_member(by)
    if refusal := refuse(operation, conversation, member):
        return refusal
    now = state_of(conversation)
    is_different = any(now[name] != item.after[name] for name in operation.sets)
    if is_different or was_changed_since(conversation, item):
        return Result.SINCE_CHANGED
    return operation.undo(conversation, item, member)


def find_member(pk):
    """Return the run's member with their current permissions, or None."""
    return Membership.objects.active().with_related().filter(pk=pk).first()


def refuse(operation, conversation, member) -> Result | None:
    if member is None or not (member.can(Permission.ANSWER) and member.can(operation.permission)):
        return Result.FORBIDDEN
    visible = Conversation.objects.visible_to(member)
    return None if visible.filter(pk=conversation.pk).exists() else Result.HIDDEN


def was_changed_since(conversation, item):
    """Return whether a member wrote or did something after the run's own change.

    What the contact wrote or routing did counts only if it changed what the undo would put back.
    """
    later = conversation.messages.filter(seq__gt=item.seq)
    by_no_member = [Message.Kind.CONTACT, Message.Kind.ACTIVITY]
    return later.exclude(author=None, kind__in=by_no_member).exists()


def finish(pk):
    with transaction.atomic():
        run = lock_run(pk)
        if not run.is_running or run.remaining.exists():
            return
        if run.state == State.RUNNING:
            run.state, run.finished_at = State.FINISHED, timezone.now()
            signal = bulk_run_finished
        else:
            run.state, signal = State.UNDONE, bulk_run_undone
        run.save(update_fields=["state", "finished_at"])
        signal.send(BulkRun, run=run)


def lock_run(pk):
    runs = BulkRun.objects.select_for_update(of=("self",), no_key=True)
    return runs.select_related("workspace", "by").get(pk=pk)
