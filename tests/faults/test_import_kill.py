"""The worker is killed in the middle of an import."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inbox.actions import contact_import as actions
from inbox.models import Contact, ContactImport
from inbox.tasks import sweep_contact_imports
from tests.conftest import COMMITS
from tests.processes import is_lock_awaited, kill, until, worker


@COMMITS
def test_nothing_is_imported_until_the_sweep_imports_all(acme):
    known = Contact.objects.create(workspace=acme.workspace, email="v0@x.example")
    rows = "\n".join(f"v{number}@x.example,Imported" for number in range(1000))
    contact_import = actions.upload_contacts(
        f"Email,Name\n{rows}".encode(), file_name="a.csv", by=acme.alice
    )
    columns = contact_import.columns
    assert actions.check_contacts(contact_import, columns=columns, known="update")
    actions.continue_import(contact_import.pk)
    contact_import.refresh_from_db()
    assert actions.import_contacts(contact_import)
    with transaction.atomic():
        # While this locks a contact, the import can't end.
        Contact.objects.select_for_update().get(pk=known.pk)
        with worker() as process:
            until(is_lock_awaited, what="the import")
            kill(process)
    assert Contact.objects.count() == 1

    def is_swept():
        # PostgreSQL keeps the session's lock until it notices that the worker is gone.
        ContactImport.objects.update(worked_at=timezone.now() - actions.SILENCE)
        actions.sweep_contact_imports()
        contact_import.refresh_from_db()
        return contact_import.state == "done"

    until(is_swept, what="the import")
    assert Contact.objects.filter(name="Imported").count() == 1000


def test_the_sweep_is_scheduled():
    assert sweep_contact_imports.name in settings.SWEEPS
