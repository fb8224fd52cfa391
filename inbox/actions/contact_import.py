"""Imports contacts from a file: all of its rows, or none.

A worker does it in one transaction, from the temporary table of inbox.import_stage. If it is
killed, nothing is stored, and the sweep starts it over. An advisory lock shows that a worker is
still alive. The progress can't be in a row before the commit, so it is in Redis. The dry run is the
same without the last step. The file is deleted at the end.
"""

import logging
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import import_stage
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.contact_block import lock_workspace_contacts
from inbox.actions.contact_label import change_contact_labels
from inbox.actions.label import audit_snapshot
from inbox.csv_file import CsvFile, UnreadableFile
from inbox.import_columns import guess_columns, list_choices
from inbox.import_rows import MAX_ERRORS, RowChecker
from inbox.models import Contact, ContactImport, Label
from inbox.models.contact_attribute import ATTRIBUTES
from messagehub.lib import redis
from messagehub.lib.invisible import clean_line
from messagehub.lib.on_commit import enqueue_on_commit
from messagehub.lib.retention import delete_oldest, filter_created_before
from teams import audit
from teams.models import Membership
from teams.permissions import Permission

logger = logging.getLogger(__name__)
State = ContactImport.State
NEEDED = (
    Permission.ANSWER,
    Permission.SEE_ALL,
    Permission.EDIT_CONTACTS,
    Permission.IMPORT_CONTACTS,
)
MAX_ROWS = 100_000
MAX_COLUMNS = 100
SAMPLES = 3
REPORT_EVERY = 500  # rows
MAX_ATTEMPTS = 5
SILENCE = timedelta(seconds=30)  # after this the sweep checks whether a worker is alive
ABANDONED = timedelta(days=1)
KEPT = timedelta(days=7)
# For 64 bits of the id; the lock is the session's, so that it outlives a transaction.
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('contact import ' || %s, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('contact import ' || %s, 0))"


class ImportInProgress(Exception):
    """The workspace has an import that hasn't ended yet."""


class Cancelled(Exception):
    """The import was cancelled, so none of it is stored."""


class Outdated(Exception):
    """Labels or attributes have changed since the rows were checked, so the import starts over."""


def upload_contacts(content, *, file_name, by):
    """Store a file for the next steps. Raises UnreadableFile and ImportInProgress.

    It replaces a file that the member uploaded before and didn't import.
    """
    file = CsvFile(content)
    header, samples, row_count = read_beginning(file)
    own = ContactImport.objects.filter(workspace=by.workspace_id, by=by)
    try:
        with transaction.atomic():
            waiting = own.filter(state__in=[State.UPLOADED, State.CHECKED])
            waiting.update(state=State.CANCELLED, **ContactImport.EMPTIED)
            return ContactImport.objects.create(
                workspace_id=by.workspace_id,
                by=by,
                file_name=clean_line(file_name)[-120:] or "contacts.csv",
                content=content,
                encoding=file.encoding,
                separator=file.separator,
                header=header,
                samples=samples,
                columns=choose_columns(header, samples, by),
                row_count=row_count,
                worked_at=timezone.now(),
            )
    except IntegrityError as error:
        if "one_contact_import_at_a_time" in str(error):
            raise ImportInProgress from None
        raise


def read_beginning(file):
    """Return the header, the first rows and the number of rows. Raises UnreadableFile."""
    header, samples, row_count = [], [], 0
    for _line, cells in file:
        if not header:
            header = [clean_line(cell)[:80] for cell in cells]
            continue
        row_count += 1
        if len(samples) < SAMPLES:
            samples.append([clean_line(cell)[:80] for cell in cells[: len(header)]])
    if not row_count:
        raise UnreadableFile(
            _("The file needs a row with the names of the columns, and a row for each contact.")
        )
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(_("The file has more than 100 columns. Remove those you don't need."))
    if row_count > MAX_ROWS:
        raise UnreadableFile(_("The file has more than 100,000 rows. Please split it."))
    return header, samples, row_count


def choose_columns(header, samples, by):
    """Return the columns of the last import with this header, or else a guess."""
    before = ContactImport.objects.filter(workspace=by.workspace_id, header=header)
    last = before.exclude(columns=[]).order_by("-pk").first()
    codes = {code for code, _label in list_choices(by.workspace_id)}
    if last is not None and codes.issuperset(last.columns):
        return last.columns
    return guess_columns(header, samples[0], by.workspace_id)


def check_contacts(contact_import, *, columns, known):
    """Start the dry run. Return whether the file was waiting for it."""
    waiting = find(contact_import).filter(state__in=[State.UPLOADED, State.CHECKED])
    values = {"columns": columns, "known": known, "errors": [], "error_count": 0, "counts": {}}
    return begin(waiting, contact_import, state=State.CHECKING, **values)


def import_contacts(contact_import):
    """Start the import of a file without errors. Return whether it was waiting for it."""
    waiting = find(contact_import).filter(state=State.CHECKED, error_count=0)
    return begin(waiting, contact_import, state=State.IMPORTING)


def begin(waiting, contact_import, **values):
    from inbox.tasks import continue_contact_import as task

    with transaction.atomic():
        values |= {"attempts": 0, "worked_at": timezone.now()}
        if not waiting.update(**values):
            return False
        clear_progress(contact_import.pk)
        enqueue_on_commit(task, str(contact_import.pk))
    return True


def cancel_import(contact_import):
    """Cancel the import, even while it is running. Return whether it was in time."""
    unfinished = find(contact_import).exclude(state__in=ContactImport.ENDED)
    return bool(unfinished.update(state=State.CANCELLED, **ContactImport.EMPTIED))


def find(contact_import):
    return ContactImport.objects.filter(pk=contact_import.pk)


def continue_import(pk):
    """Check or import the file, unless a worker is doing that already."""
    with exclusive(pk) as is_mine:
        if not is_mine:
            return
        running = ContactImport.objects.filter(pk=pk, state__in=ContactImport.RUNNING)
        running = running.filter(workspace__deleted_at=None)
        if not running.update(attempts=F("attempts") + 1, worked_at=timezone.now()):
            return
        contact_import = running.select_related("workspace").first()
        if contact_import is None:  # it was just cancelled
            return
        members = Membership.objects.active().with_related()
        member = members.filter(pk=contact_import.by_id).first()
        is_allowed = member is not None and all(map(member.can, NEEDED))
        if not is_allowed or contact_import.attempts > MAX_ATTEMPTS:
            running.update(state=State.FAILED, **ContactImport.EMPTIED)
            return
        try:
            # The audit log names the colours of new labels.
            with transaction.atomic(), member.workspace.in_language():
                work(contact_import, member)
        except Cancelled:
            return
        except (Outdated, IntegrityError) as error:  # a label was created meanwhile
            logger.warning("contact import %s starts again: %r", pk, error)
        else:
            return
    continue_import(pk)


@contextmanager
def exclusive(pk):
    """Yield whether this session has the import to itself."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [str(pk)])
        [is_mine] = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK, [str(pk)])


def work(contact_import, member):
    """Check all rows, and store them if this isn't a dry run. Raises Cancelled and Outdated."""
    is_dry = contact_import.state == State.CHECKING
    skips_known = contact_import.known == ContactImport.Known.SKIP
    checker = RowChecker(member.workspace_id, contact_import.columns)
    import_stage.stage(check_rows(contact_import, checker))
    if not is_dry:
        # From here to the commit, others wait for what this changes.
        lock_attributes(member.workspace_id)
        lock_workspace_contacts(member.workspace_id)
        raise_if_outdated(checker)
    import_stage.match(member, skips_known=skips_known)
    unfit = checker.used_owners - checker.agents
    found = import_stage.find_errors(unfit_owners=unfit, skips_known=skips_known)
    errors = checker.errors + [
        [line, checker.places.get(code), reason, value] for line, code, reason, value in found
    ]
    bad_lines = checker.bad_lines | {line for line, *_rest in found}
    counts = import_stage.count()
    if skips_known:
        counts = {"created": counts["created"], "skipped": counts["unchanged"]}
    used_labels = import_stage.find_labels(skips_known=skips_known)
    new_labels = [each for each in checker.new_labels.values() if each.pk in used_labels]
    counts["labels"] = len(new_labels)
    if errors or is_dry:
        finish(
            contact_import,
            State.CHECKED,
            errors=errors,
            error_count=len(bad_lines),
            counts=counts,
        )
        return
    store(checker, new_labels, member)
    audit.record(
        member.workspace,
        "contacts.imported",
        by=member,
        target=contact_import.file_name,
        after=counts,
    )
    finish(contact_import, State.DONE, counts=counts)


def check_rows(contact_import, checker):
    """Yield the rows without errors, and store the progress now and then. Raises Cancelled."""
    content = bytes(contact_import.content)
    rows = iter(
        CsvFile(content, encoding=contact_import.encoding, separator=contact_import.separator)
    )
    next(rows)  # the header
    for done, (line, cells) in enumerate(rows):
        if done % REPORT_EVERY == 0:
            set_progress(contact_import.pk, done)
        row = checker.check(line, cells)
        if row is not None:
            yield row
    set_progress(contact_import.pk, contact_import.row_count)


def raise_if_outdated(checker):
    """Compare the attributes with those by which the values were checked."""
    now = {each.key: each for each in ATTRIBUTES.all(workspace=checker.workspace)}
    for key, attribute in checker.attributes.items():
        if key not in now or now[key].choices != attribute.choices:
            raise Outdated(f"attribute {key}")


def store(checker, new_labels, member):
    Label.objects.bulk_create(new_labels)
    for label in new_labels:
        after = audit_snapshot(label)
        audit.record(member.workspace, "label.created", by=member, target=label.name, after=after)
    labels = {label.pk: label for label in checker.labels.values()}
    for row in import_stage.lock():
        change_contact_in_conversation(row, labels, member)
    lock_owners(checker)
    import_stage.store(member.workspace_id)


def lock_owners(checker):
    """Lock the owners until the commit. Raises Outdated if one is no longer an agent."""
    owners = checker.used_owners & checker.agents
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=owners).order_by("pk").values_list("pk"))
    agents = Membership.objects.active().with_permission(Permission.ANSWER)
    if agents.filter(pk__in=owners).count() < len(owners):
        raise Outdated("an owner")


def change_contact_in_conversation(row, labels, member):
    contact = Contact.objects.get(pk=row["target"])
    values = {name: row[name] for name in Contact.OWN_FIELDS if row[name]}
    attributes = row["attributes"]
    edit_contact(contact, by=member, attributes=attributes, **values)
    if row["owner"]:
        owner = Membership.objects.with_related().get(pk=row["owner"])
        set_owner(contact, owner=owner, by=member)
    if row["labels"]:
        change_contact_labels([contact.pk], add=[labels[pk] for pk in row["labels"]])


def finish(contact_import, state, *, errors=(), **values):
    """Store the result in the transaction of what was imported. Raises Cancelled."""
    errors = sorted(errors, key=lambda error: (error[0], error[1] is None, error[1] or 0))
    values |= {
        "state": state,
        "errors": errors[:MAX_ERRORS],
        "worked_at": timezone.now(),
    }
    if state == State.DONE:
        values |= ContactImport.EMPTIED
    if not find(contact_import).filter(state=contact_import.state).update(**values):
        raise Cancelled


def set_progress(pk, done):
    with suppress(redis.FAILURES):  # it only moves a bar
        redis.client().set(progress_key(pk), done, ex=3600)
    if not ContactImport.objects.filter(pk=pk, state__in=ContactImport.RUNNING).exists():
        raise Cancelled


def get_progress(pk) -> int | None:
    """Return how many rows were checked, or None if that's unknown."""
    try:
        done = redis.client().get(progress_key(pk))
    except redis.FAILURES:
        return None
    return int(done) if done else None


def clear_progress(pk):
    with suppress(redis.FAILURES):
        redis.client().delete(progress_key(pk))


def progress_key(pk: UUID) -> str:
    return f"contact-import:{pk}"


def sweep_contact_imports():
    """Restart imports whose worker died, cancel abandoned ones, and delete old reports."""
    now = timezone.now()
    running = ContactImport.objects.filter(state__in=ContactImport.RUNNING)
    for pk in list(running.filter(worked_at__lt=now - SILENCE).values_list("pk", flat=True)):
        try:
            continue_import(pk)
        except Exception:
            logger.exception("contact import %s", pk)
    waiting = ContactImport.objects.filter(state__in=[State.UPLOADED, State.CHECKED])
    for contact_import in waiting.filter(worked_at__lt=now - ABANDONED).only("pk"):
        cancel_import(contact_import)
    ended = ContactImport.objects.filter(state__in=ContactImport.ENDED)
    delete_oldest(filter_created_before(ended, now - KEPT))
