"""Changes many contacts, or exports them: few at once, many in the background.

Each batch is a transaction that also stores the job's progress. A worker that is killed loses at
most a batch, and doing that again changes nothing twice.
"""

import logging
from datetime import timedelta
from hashlib import sha256
from time import monotonic

from django.db import transaction
from django.utils import timezone

from inbox.actions.contact import lock_possible_owner, set_owner
from inbox.actions.contact_label import change_contact_labels
from inbox.contact_export import export_contacts
from inbox.contact_list import ContactFilters
from inbox.models import Contact, ContactJob, Conversation, Inbox, Label
from messagehub.lib.on_commit import enqueue_on_commit
from messagehub.lib.retention import delete_oldest, filter_created_before
from teams import audit
from teams.models import Membership
from teams.permissions import Permission

logger = logging.getLogger(__name__)
Kind, State = ContactJob.Kind, ContactJob.State
MAX_PER_REQUEST = 200  # contacts; more are left to the background
BATCH_SIZE = 500
SECONDS_PER_TASK = 20  # then other tasks get their turn
LEASE = timedelta(seconds=60)  # without progress, a job's worker counts as dead
GIVEN_UP_AFTER = timedelta(hours=1)
KEPT = timedelta(days=1)
NEEDED = {
    Kind.EXPORT: (Permission.ANSWER, Permission.IMPORT_CONTACTS),
    Kind.OWNER: (Permission.ANSWER, Permission.EDIT_CONTACTS),
    Kind.ADD_LABEL: (Permission.ANSWER, Permission.EDIT_CONTACTS),
    Kind.REMOVE_LABEL: (Permission.ANSWER, Permission.EDIT_CONTACTS),
}


def start_contact_job(kind, *, filters, target=None, by):
    """Change or export all contacts of the member's list in the background.

    target: the id of the owner (None for no one) or of the label.
    """
    from inbox.tasks import continue_contact_job as task

    filters = ContactFilters.from_text(filters.query)  # from the first page on
    with transaction.atomic():
        if kind == Kind.EXPORT:  # a new file replaces the last one
            ContactJob.objects.filter(by=by, kind=kind).delete()
        job = ContactJob.objects.create(
            workspace_id=by.workspace_id,
            by=by,
            kind=kind,
            query=filters.query,
            target=target,
            total=filters.get_contacts(by).count(),
            access=hash_access(by),
            worked_at=timezone.now(),
        )
        if kind == Kind.EXPORT:
            after = {"contacts": job.total}
            audit.record(by.workspace, "contacts.exported", by=by, after=after)
        enqueue_on_commit(task, str(job.pk))
    return job


def cancel_contact_job(job):
    """Cancel the job. What it has changed stays. Return whether it was still running."""
    running = ContactJob.objects.filter(pk=job.pk, state=State.RUNNING)
    return bool(running.update(state=State.CANCELLED))


def continue_contact_job(pk, *, seconds=None):
    """Continue the job, and return whether it has ended."""
    started_at = monotonic()
    while True:
        jobs = ContactJob.objects.defer("content").select_related("workspace")
        job = jobs.filter(pk=pk, state=State.RUNNING, workspace__deleted_at=None).first()
        if job is None:
            return True
        member = Membership.objects.active().with_related().filter(pk=job.by_id).first()
        if member is None or not all(map(member.can, NEEDED[Kind(job.kind)])):
            finish(job, State.REFUSED)
        elif job.is_export:
            make_file(job, member)
        else:
            change_batch(job, member)
        if seconds is not None and monotonic() - started_at > seconds:
            return False


def make_file(job, member):
    """Export all of it. After a crash it starts over, because only the whole file is stored."""
    # Before reading, so that a file made after access was lost is given to no one.
    access = hash_access(member)

    def report(done):
        """Store the progress. Return whether to continue."""
        return running(job).update(done=done, worked_at=timezone.now())

    filters = ContactFilters.from_text(job.query)
    with member.workspace.in_language():
        content, count = export_contacts(filters.get_contacts(member), member.workspace, report)
    if content is not None:
        running(job).update(content=content, access=access, state=State.DONE, done=count)


def change_batch(job, member):
    contacts = ContactFilters.from_text(job.query).get_contacts(member)
    if job.position:
        contacts = contacts.filter(pk__lt=job.position)
    ids = list(contacts.order_by("-pk").values_list("pk", flat=True)[:BATCH_SIZE])
    if not ids:
        finish(job, State.DONE)
        return
    # These lock conversations one by one, so each has a transaction of its own.
    changed = set_owners_in_conversation(job, ids, member) if job.kind == Kind.OWNER else 0
    with transaction.atomic():
        rows = ContactJob.objects.select_for_update(no_key=True)
        rows = rows.filter(pk=job.pk, state=State.RUNNING, position=job.position)
        if rows.first() is None:  # it was cancelled, or a different worker has done the batch
            return
        batch_changed, skipped = apply(job.kind, ids, target=job.target, member=member)
        rows.update(
            position=ids[-1],
            done=job.done + len(ids),
            changed=job.changed + changed + batch_changed,
            skipped=job.skipped + skipped,
            worked_at=timezone.now(),
        )


def change_contacts(kind, contacts, *, target, by):
    """Change these few contacts (ids) now. Return how many were changed and skipped."""
    job = ContactJob(kind=kind, target=target)
    changed = set_owners_in_conversation(job, contacts, by) if kind == Kind.OWNER else 0
    batch_changed, skipped = apply(kind, contacts, target=target, member=by)
    return changed + batch_changed, skipped


def apply(kind, contacts, *, target, member):
    """Return how many of these contacts were changed, and how many have too many labels."""
    if kind == Kind.OWNER:
        return set_owners(contacts, target=target, workspace=member.workspace_id), 0
    labels = Label.objects.filter(workspace=member.workspace_id, pk=target)
    if kind == Kind.ADD_LABEL:
        return change_contact_labels(contacts, add=labels)
    return change_contact_labels(contacts, remove=labels)


def set_owners_in_conversation(job, contacts, by):
    """Set the owner of those with an unresolved conversation, whose timelines note it."""
    owner = find_owner(job.target, by.workspace_id)
    if job.target and owner is None:
        return 0
    unresolved = Conversation.objects.unresolved().filter(contact__in=contacts)
    changed = 0
    for contact in Contact.objects.filter(pk__in=unresolved.values("contact")).order_by("pk"):
        try:
            changed += set_owner(contact, owner=owner, by=by)
        except Contact.DoesNotExist:  # merged or deleted meanwhile
            continue
    return changed


def set_owners(contacts, *, target, workspace):
    """Set the owner of contacts without an unresolved conversation. Return how many changed."""
    with transaction.atomic():
        rows = Contact.objects.filter(pk__in=contacts)
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        owner = find_owner(target, workspace)
        if target and (owner is None or not lock_possible_owner(owner)):
            return 0
        others = rows.filter(owner__isnull=False) if target is None else rows.exclude(owner=target)
        unresolved = Conversation.objects.unresolved().filter(contact__in=contacts)
        return others.exclude(pk__in=unresolved.values("contact")).update(owner=target)


def find_owner(pk, workspace):
    members = Membership.objects.filter(workspace=workspace).with_related()
    return members.filter(pk=pk).first() if pk else None


def finish(job, state):
    running(job).update(state=state, worked_at=timezone.now())


def running(job):
    return ContactJob.objects.filter(pk=job.pk, state=State.RUNNING)


def hash_access(member) -> str:
    """Return a hash of what the member may see, so that no one reads a file with more than that."""
    inboxes = Inbox.objects.visible_to(member).order_by("pk").values_list("pk", flat=True)
    seen = [sorted(member.permissions), *map(str, inboxes)]
    return sha256(repr(seen).encode()).hexdigest()[:16]


def sweep_contact_jobs():
    """Continue jobs whose worker died, and delete old ones with their files."""
    from inbox.tasks import continue_contact_job as task

    stale = ContactJob.objects.filter(state=State.RUNNING, worked_at__lt=timezone.now() - LEASE)
    for pk in list(stale.order_by("worked_at").values_list("pk", flat=True)):
        try:
            task(str(pk))
        except Exception:
            logger.exception("contact job %s", pk)
            given_up = timezone.now() - GIVEN_UP_AFTER
            failed = stale.filter(pk=pk, created_at__lt=given_up)
            failed.update(state=State.FAILED)
    ended = ContactJob.objects.exclude(state=State.RUNNING)
    delete_oldest(filter_created_before(ended, timezone.now() - KEPT))
