"""Imports contacts from a file: all of its rows, or none.

A worker does it in one transaction (inbox.actions.import_run). If it is killed, nothing is stored,
and the sweep starts it over. An advisory lock shows that a worker is still alive. The file is
deleted at the end.
"""

import logging
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions.import_run import Cancelled, Outdated, run_import
from inbox.csv_file import CsvFile, UnreadableFile
from inbox.import_columns import guess_columns, list_choices
from inbox.import_progress import clear_progress
from inbox.models import ContactImport
from messagehub.lib.invisible import clean_line
from messagehub.lib.on_commit import enqueue_on_commit
from messagehub.lib.retention import delete_oldest, filter_created_before
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
MAX_ATTEMPTS = 5
SILENCE = timedelta(seconds=30)  # after this the sweep checks whether a worker is alive
ABANDONED = timedelta(days=1)
KEPT = timedelta(days=7)
# For 64 bits of the id; the lock is the session's, so that it outlives a transaction.
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('contact import ' || %s, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('contact import ' || %s, 0))"


class ImportInProgress(Exception):
    """The workspace has an import that hasn't ended yet."""


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
                run_import(contact_import, member)
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
