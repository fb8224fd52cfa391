"""Checks all rows of an import and stores them, in the caller's transaction.

It works on the temporary table of inbox.import_stage. The dry run is the same without storing.
"""

from django.utils import timezone

from inbox import import_stage
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.contact_block import lock_workspace_contacts
from inbox.actions.contact_label import change_contact_labels
from inbox.actions.label import audit_snapshot
from inbox.csv_file import CsvFile
from inbox.import_progress import set_progress
from inbox.import_rows import MAX_ERRORS, RowChecker
from inbox.models import Contact, ContactImport, Label
from inbox.models.contact_attribute import ATTRIBUTES
from teams import audit
from teams.models import Membership
from teams.permissions import Permission

State = ContactImport.State
REPORT_EVERY = 500  # rows


class Cancelled(Exception):
    """The import was cancelled, so none of it is stored."""


class Outdated(Exception):
    """Labels or attributes have changed since the rows were checked, so the import starts over."""


def run_import(contact_import, member):
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
        [line, checker.column_indexes.get(code), reason, value]
        for line, code, reason, value in found
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
            report_progress(contact_import, done)
        row = checker.check(line, cells)
        if row is not None:
            yield row
    report_progress(contact_import, contact_import.row_count)


def report_progress(contact_import, done):
    """Store how many rows were checked. Raises Cancelled."""
    set_progress(contact_import.pk, done)
    running = ContactImport.objects.filter(pk=contact_import.pk, state__in=ContactImport.RUNNING)
    if not running.exists():
        raise Cancelled


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
    running = ContactImport.objects.filter(pk=contact_import.pk, state=contact_import.state)
    if not running.update(**values):
        raise Cancelled
