"""Importing contacts: files of all kinds, what rows become, and all or nothing."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from inbox import import_rows, import_stage
from inbox.actions import contact_import as actions
from inbox.actions import contact_job as jobs
from inbox.actions import import_run
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import delete_attribute, save_attribute
from inbox.actions.contact_import import ImportInProgress, cancel_import, upload_contacts
from inbox.actions.contact_label import label_contact
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.label import save_label
from inbox.contact_export import unpack
from inbox.contact_list import ContactFilters
from inbox.csv_file import CsvFile, UnreadableFile
from inbox.import_rows import RowChecker
from inbox.models import Contact, ContactImport, ContactJob, Label, Message
from messagehub.asgi import max_body_bytes
from teams.actions.membership import remove_member, suspend_member
from teams.models import AuditEntry
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, in_parallel
from tests.inbox.test_contacts import set_permissions

Known = ContactImport.Known


def upload(text, by, name="contacts.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return upload_contacts(content, file_name=name, by=by)


def check(contact_import, columns=None, known=Known.UPDATE):
    columns = contact_import.columns if columns is None else columns
    assert actions.check_contacts(contact_import, columns=columns, known=known)
    actions.continue_import(contact_import.pk)
    contact_import.refresh_from_db()
    return contact_import


def run(text, by, columns=None, known=Known.UPDATE):
    """Check the file and import it, and return the result."""
    contact_import = check(upload(text, by), columns, known)
    if not contact_import.error_count:
        assert actions.import_contacts(contact_import)
        actions.continue_import(contact_import.pk)
        contact_import.refresh_from_db()
    return contact_import


def reasons(contact_import):
    return [(line, reason) for line, _column, reason, _value in contact_import.errors]


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_encodings_and_separators_are_found(self, encoding, separator):
        rows = [["Name", "Email"], ["Zoë Müller", "zoe@x.example"], ["Bø, Åse", "ase@x.example"]]
        lines = io.StringIO()
        csv.writer(lines, delimiter=separator).writerows(rows)
        file = CsvFile(lines.getvalue().encode(encoding))
        assert [cells for _line, cells in file] == rows

    def test_lines_are_counted_as_an_editor_does(self):
        file = CsvFile(b'sep=;\r\nName;Note\r\n"A";"two\r\nlines"\r\n;\r\nB;"x;y"\r\n')
        assert list(file) == [
            (2, ["Name", "Note"]),
            (3, ["A", "two\r\nlines"]),
            (6, ["B", "x;y"]),
        ]

    @pytest.mark.parametrize(
        "content",
        [
            b"PK\x03\x04workbook",
            b"\xd0\xcf\x11\xe0workbook",
            b"\x00\x01\x02\x03",
            b"\x81\x8d\xff",
            b"",
            b"Name,Email\n",
            b"\xef\xbb\xbfName\n\xff\n",
        ],
    )
    def test_other_files_are_refused_with_advice(self, acme, content):
        with pytest.raises(UnreadableFile) as refused:
            upload(content, acme.alice)
        assert str(refused.value)
        assert not ContactImport.objects.exists()

    def test_a_quotation_mark_that_is_not_closed_names_its_line(self, acme):
        text = 'Name\nAnn\n"Bob\n' + "x\n" * 100_000
        with pytest.raises(UnreadableFile, match="Line 3"):
            upload(text, acme.alice)

    def test_too_many_rows_are_refused(self, acme, monkeypatch):
        monkeypatch.setattr(actions, "MAX_ROWS", 2)
        upload("Name\na\nb\n", acme.alice)
        with pytest.raises(UnreadableFile):
            upload("Name\na\nb\nc\n", acme.alice)

    def test_a_larger_body_is_accepted_only_there(self, settings):
        assert max_body_bytes("/w/acme/contacts/import/") > settings.MAX_IMPORT_BYTES
        for path in ("/w/acme/contacts/import/x/", "/w/acme/contacts/", "/w/a/b/contacts/import/"):
            assert max_body_bytes(path) < settings.MAX_IMPORT_BYTES


class TestRows:
    def test_columns_are_guessed_by_their_names(self, acme):
        plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
        text = "ID,First_Name,Nachname,E-Mail,Mobile,Firma,Tags,PLAN,Shoe size,Email\n17,,,,,,,,,"
        columns = upload(text, acme.alice).columns
        assert columns == [
            *("", "first_name", "last_name", "email", "phone", "company", "labels"),
            *(plan.key, "", ""),
        ]

    def test_an_attribute_is_recognised_with_underscores_or_spaces(self, acme):
        number, size = (
            save_attribute(acme.workspace, name=name, kind="text", choices=[], by=acme.alice)
            for name in ("customer_id", "Shoe size")
        )
        columns = upload("Name,customer_id,SHOE_SIZE\nAnn,,", acme.alice).columns
        assert columns == ["name", number.key, size.key]
        columns = upload("Name,Customer ID\nAnn,", acme.alice).columns
        assert columns == ["name", number.key]

    def test_columns_of_an_attribute_that_was_deleted_are_guessed_again(self, acme):
        plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
        check(upload("Who,Plan\nAnn,B", acme.alice), ["name", plan.key])
        delete_attribute(plan, by=acme.alice)
        assert upload("Who,Plan\nAnn,B", acme.alice).columns == ["", ""]

    def test_the_columns_of_the_last_file_like_it_are_kept(self, acme):
        check(upload("Who,Mail\nAnn,a@x.example", acme.alice), ["company", "email"])
        assert upload("Who,Mail\nBob,b@x.example", acme.alice).columns == ["company", "email"]

    def test_a_row_becomes_a_contact(self, acme):
        plan = save_attribute(
            acme.workspace, name="Plan", kind="choice", choices=["Gold"], by=acme.alice
        )
        since = save_attribute(acme.workspace, name="Since", kind="date", choices=[], by=acme.alice)
        seats = save_attribute(
            acme.workspace, name="Seats", kind="number", choices=[], by=acme.alice
        )
        vip = save_label(acme.workspace, name="VIP", colour=1, by=acme.alice)
        text = (
            "First name;Last name;Email;Phone;Company;Owner;Labels;Plan;Since;Seats\r\n"
            ' Ann ;Smith;ANN@x.example;+49 170 1234567;"Smith, Sons";Bob@acme.example;'
            '"vip, ""A, B"", New";gold;31.01.2026;12,50\r\n'
        )
        done = run(text, acme.alice)
        assert (done.state, done.counts) == (
            "done",
            {"created": 1, "updated": 0, "unchanged": 0, "labels": 2},
        )
        contact = Contact.objects.get()
        assert (contact.name, contact.email) == ("Ann Smith", "ann@x.example")
        assert (contact.phone, contact.company) == ("+49 170 1234567", "Smith, Sons")
        assert contact.owner == acme.bob
        assert {each.name for each in contact.labels} == {"VIP", "A, B", "New"}
        assert vip in contact.labels
        assert contact.attributes == {plan.key: "Gold", since.key: "2026-01-31", seats.key: "12.5"}
        entry = AuditEntry.objects.get(action="contacts.imported")
        assert (entry.by, entry.target, entry.after["created"]) == (acme.alice, "contacts.csv", 1)
        assert done.content is None
        assert done.samples == []

    def test_bad_rows_are_reported_by_line_and_nothing_is_imported(self, acme, globex):
        save_attribute(acme.workspace, name="Since", kind="date", choices=[], by=acme.alice)
        save_attribute(acme.workspace, name="Seats", kind="number", choices=[], by=acme.alice)
        save_attribute(acme.workspace, name="Plan", kind="choice", choices=["A"], by=acme.alice)
        suspend_member(acme.bea, by=acme.alice)
        lines = [
            "Name,Email,Phone,Owner,Labels,Since,Seats,Plan,ID",
            "Fine,fine@x.example,,,,,,,",
            "Bad,nonsense,,,,,,,",
            "Bad,,call me,,,,,,",
            "Bad,,,charlie@globex.example,,,,,",
            "Bad,,,bea@acme.example,,,,,",
            f"Bad,,,,{'x' * 41},,,,",
            "Bad,,,,,tomorrow,,,",
            'Bad,,,,,,"1,200",,',
            "Bad,,,,,,,B,",
            f"{'x' * 81},,,,,,,,",
            "Twice,FINE@x.example,,,,,,,",
            ",,,,VIP,,,,",
            f"Bad,,,,,,,,{globex.workspace.pk}",
            "Bad,,,,,,,,17",
        ]
        done = run("\n".join(lines), acme.alice, [*_columns(acme), "id"])
        assert done.state == "checked"
        assert reasons(done) == [
            (3, "email"),
            (4, "phone"),
            (5, "owner_unknown"),
            (6, "owner_not_agent"),
            (7, "label_too_long"),
            (8, "date"),
            (9, "number"),
            (10, "choice"),
            (11, "too_long"),
            (12, "duplicate"),
            (13, "empty_row"),
            (14, "unknown_id"),
            (15, "invalid_id"),
        ]
        assert done.error_count == 13
        assert not actions.import_contacts(done)
        assert not Contact.objects.exists()
        assert not Label.objects.exists()

    def test_known_contacts_are_updated_or_left(self, acme, vera):
        contact = vera.writes().conversation.contact
        edit_contact(contact, email="vera@x.example", company="Old", by=acme.bob)
        text = "Email,Name,Company\nVERA@x.example,Vera,\nnew@x.example,New,"
        done = run(text, acme.alice, known=Known.SKIP)
        assert done.counts == {"created": 1, "skipped": 1, "labels": 0}
        contact.refresh_from_db()
        assert contact.name == ""
        done = run(text, acme.alice)
        assert done.counts == {"created": 0, "updated": 1, "unchanged": 1, "labels": 0}
        contact.refresh_from_db()
        assert (contact.name, contact.company) == ("Vera", "Old")  # an empty cell changes nothing
        noted = Message.objects.filter(activity="contact_name", author=acme.alice)
        assert noted.count() == 1

    def test_only_labels_of_rows_that_are_imported_are_created(self, acme):
        Contact.objects.create(workspace=acme.workspace, email="old@x.example")
        save_label(acme.workspace, name="First", colour=Label.Colour.RED, by=acme.alice)
        text = "Email,Labels\nold@x.example,Old\nnew@x.example,New"
        done = run(text, acme.alice, known=Known.SKIP)
        assert done.counts == {"created": 1, "skipped": 1, "labels": 1}
        assert [each.name for each in Label.objects.all()] == ["First", "New"]
        assert Label.objects.get(name="New").colour != Label.Colour.RED
        only_known = "Email,Labels\nold@x.example,Old"
        assert run(only_known, acme.alice, known=Known.SKIP).counts["labels"] == 0
        assert run(only_known, acme.alice).counts["labels"] == 1

    def test_values_changed_by_the_file_are_no_longer_verified(self, acme):
        sources = {"name": "verified", "email": "verified", "phone": "claimed"}
        known = {"name": "Vera", "email": "v@x.example", "phone": "123"}
        contact = Contact.objects.create(workspace=acme.workspace, **known, sources=sources)
        done = run(f"ID,Name,Email,Phone\n{contact.pk},Vera,new@x.example,", acme.alice)
        assert done.counts["updated"] == 1
        contact.refresh_from_db()
        assert (contact.email, contact.phone) == ("new@x.example", "123")
        assert contact.sources == {"name": "verified", "phone": "claimed"}

    def test_a_contact_in_conversation_is_changed_on_open_pages(self, acme, vera, live_events):
        contact = vera.writes().conversation.contact
        edit_contact(contact, email="vera@x.example", by=acme.bob)
        with live_events.committed():
            text = "Email,Phone,Owner,Labels\nvera@x.example,12345,bea@acme.example,VIP"
            run(text, acme.alice)
        channel = contact.conversations.get().live_channel
        shown = [data["html"] for name, data in live_events.on(channel) if name == "replace"]
        assert any("12345" in html and "VIP" in html for html in shown)
        contact.refresh_from_db()
        assert contact.owner == acme.bea

    def test_of_several_contacts_with_the_address_the_oldest_is_meant(self, acme):
        old, new = (
            Contact.objects.create(workspace=acme.workspace, email="a@x.example") for _ in range(2)
        )
        run("Email,Name\na@x.example,Ann", acme.alice)
        assert Contact.objects.get(name="Ann") == old
        assert Contact.objects.count() == 2
        assert new.name == ""

    def test_a_contact_the_member_may_not_see_is_not_touched(self, acme, globex):
        Contact.objects.create(workspace=globex.workspace, email="vera@x.example")
        hidden = Vera(acme.inbox).writes().conversation.contact
        edit_contact(hidden, email="vera@x.example", by=acme.alice)
        acme.inbox.members.filter(membership=acme.bob).delete()
        set_permissions(acme, acme.bob, *actions.NEEDED)
        text = "Email,Name\nvera@x.example,Changed\n"
        assert run(text, acme.bob).counts["created"] == 1
        hidden.refresh_from_db()
        assert hidden.name == ""
        text = f"ID,Name\n{hidden.pk},Changed\n"
        assert reasons(run(text, acme.bob)) == [(2, "unknown_id")]

    def test_a_merged_contact_is_found_by_its_former_id(self, acme):
        stays, leaves = (Contact.objects.create(workspace=acme.workspace) for _ in range(2))
        merge_contacts(stays, leaves, by=acme.alice)
        run(f"ID,Name\n{leaves.pk},Ann", acme.alice)
        assert Contact.objects.get().name == "Ann"
        both = f"ID,Name\n{leaves.pk},Ann\n{stays.pk},Bob"
        assert reasons(run(both, acme.alice)) == [(3, "duplicate")]

    def test_no_contact_gets_too_many_labels(self, acme):
        contact = Contact.objects.create(workspace=acme.workspace, email="a@x.example")
        labels = [
            save_label(acme.workspace, name=f"L{n}", colour=1, by=acme.alice) for n in range(20)
        ]
        label_contact(contact, add=labels)
        assert reasons(run("Email,Labels\na@x.example,One more", acme.alice)) == [
            (2, "too_many_labels")
        ]
        many = ",".join(f"N{number}" for number in range(21))
        assert reasons(run(f'Name,Labels\nAnn,"{many}"', acme.alice)) == [(2, "too_many_labels")]

    def test_a_workspace_does_not_get_too_many_labels(self, acme, monkeypatch):
        monkeypatch.setattr(import_rows, "MOST_OF_A_WORKSPACE", 3)
        save_label(acme.workspace, name="Known", colour=1, by=acme.alice)
        text = 'Name,Labels\nAnn,"One,Two"\nBob,Three\nCat,known\nDan,two\nEve,"Four,Five"'
        checked = run(text, acme.alice)
        assert reasons(checked) == [(3, "too_many_new_labels"), (6, "too_many_new_labels")]

    def test_errors_are_kept_up_to_a_number_and_their_lines_counted(self, acme, monkeypatch):
        monkeypatch.setattr(import_rows, "MAX_ERRORS", 3)
        text = "Name,Email,Phone\n" + "Ann,nonsense,nonsense\n" * 4
        checked = check(upload(text, acme.alice))
        assert reasons(checked) == [(2, "email"), (2, "phone"), (3, "email")]
        assert checked.error_count == 4

    def test_an_owner_who_cannot_be_one_any_more_stays(self, acme):
        contact = Contact.objects.create(workspace=acme.workspace, email="a@x.example")
        set_owner(contact, owner=acme.bob)
        suspend_member(acme.bob, by=acme.alice)
        text = "Email,Owner\na@x.example,bob@acme.example"
        assert run(text, acme.alice).counts["unchanged"] == 1


def _columns(acme):
    keys = {each.name: each.key for each in acme.workspace.contact_attributes.all()}
    return ["name", "email", "phone", "owner", "labels", keys["Since"], keys["Seats"], keys["Plan"]]


def test_an_export_is_imported_without_a_change(acme, vera):
    """Whatever the values look like, and in a new workspace with the same values."""
    contact = vera.writes().conversation.contact
    plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
    label = save_label(acme.workspace, name='A, "B"', colour=1, by=acme.alice)
    names = ["=1+1", "+Vera", "-", "@x", "'=1", "''+1", "'tis", "a;=b", "a; '-b", "Zoë, Ann", '"Q"']
    contacts = [contact] + [Contact(workspace=acme.workspace) for _ in names[1:]]
    Contact.objects.bulk_create(contacts[1:])
    for each, name in zip(contacts, names, strict=True):
        edit_contact(each, name=name, phone="+49 170", attributes={plan.key: name}, by=acme.bob)
    edit_contact(contacts[1], email="same@x.example", by=acme.bob)
    edit_contact(contacts[2], email="same@x.example", by=acme.bob)
    set_owner(contacts[3], owner=acme.bea)
    label_contact(contacts[4], add=[label])
    before = list(Contact.objects.order_by("pk").values())
    job = jobs.start_contact_job("export", filters=ContactFilters.from_text(""), by=acme.alice)
    jobs.continue_contact_job(job.pk)
    content = b"".join(unpack(ContactJob.objects.get().content))
    done = run(content, acme.alice)
    assert done.counts == {"created": 0, "updated": 0, "unchanged": len(names), "labels": 0}
    assert list(Contact.objects.order_by("pk").values()) == before
    Contact.objects.all().delete()
    without_ids = ["" if code in ("id", "email") else code for code in done.columns]
    assert run(content, acme.alice, without_ids).counts["created"] == len(names)
    assert sorted(Contact.objects.values_list("name", flat=True)) == sorted(names)
    values = {each.attributes[plan.key] for each in Contact.objects.all()}
    assert values == set(names)


class TestAllOrNothing:
    TEXT = "Email,Name,Labels\na@x.example,Ann,VIP\nb@x.example,Bob,\n"

    def start(self, acme):
        contact_import = check(upload(self.TEXT, acme.alice))
        assert actions.import_contacts(contact_import)
        return contact_import

    def test_a_failure_at_the_end_leaves_nothing_and_the_sweep_starts_again(
        self, acme, monkeypatch
    ):
        contact_import = self.start(acme)
        with monkeypatch.context() as patch:
            patch.setattr(import_run, "finish", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                actions.continue_import(contact_import.pk)
        assert not Contact.objects.exists()
        assert not Label.objects.exists()
        actions.sweep_contact_imports()
        assert not Contact.objects.exists()  # its worker may be alive
        old = timezone.now() - actions.SILENCE
        ContactImport.objects.update(worked_at=old)
        actions.sweep_contact_imports()
        contact_import.refresh_from_db()
        assert contact_import.state == "done"
        assert Contact.objects.count() == 2

    def test_what_always_fails_is_given_up(self, acme, monkeypatch):
        contact_import = self.start(acme)
        monkeypatch.setattr(actions, "run_import", lambda *_: 1 / 0)
        for _ in range(actions.MAX_ATTEMPTS + 1):
            ContactImport.objects.update(worked_at=timezone.now() - actions.SILENCE)
            actions.sweep_contact_imports()
        contact_import.refresh_from_db()
        assert (contact_import.state, contact_import.content) == ("failed", None)

    def test_one_that_is_cancelled_while_it_runs_stores_nothing(self, acme, monkeypatch):
        contact_import = self.start(acme)
        store = import_stage.store

        def cancel_and_store(workspace):
            store(workspace)
            assert cancel_import(contact_import)

        monkeypatch.setattr(import_stage, "store", cancel_and_store)
        actions.continue_import(contact_import.pk)
        contact_import.refresh_from_db()
        assert not Contact.objects.exists()
        # In the test the cancellation is part of the transaction that is rolled back.
        assert contact_import.state == "importing"
        assert cancel_import(contact_import)
        actions.continue_import(contact_import.pk)
        assert not Contact.objects.exists()

    def test_attributes_that_change_meanwhile_start_it_again(self, acme):
        plan = save_attribute(
            acme.workspace, name="Plan", kind="choice", choices=["A", "B"], by=acme.alice
        )
        checker = RowChecker(acme.workspace.pk, ["name", plan.key])
        assert checker.check(2, ["Ann", "B"])
        import_run.raise_if_outdated(checker)
        changed = {"name": "Plan", "kind": "choice", "choices": ["A"]}
        save_attribute(acme.workspace, attribute=plan, **changed, by=acme.alice)
        with pytest.raises(import_run.Outdated):
            import_run.raise_if_outdated(checker)

    def test_a_deleted_attribute_is_reported(self, acme):
        plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
        contact_import = check(upload("Name,Plan\nAnn,B", acme.alice))
        delete_attribute(plan, by=acme.alice)
        assert actions.import_contacts(contact_import)
        actions.continue_import(contact_import.pk)
        contact_import.refresh_from_db()
        assert (contact_import.state, reasons(contact_import)) == (
            "checked",
            [(1, "attribute_gone")],
        )

    def test_it_stops_for_a_member_who_may_no_longer(self, acme):
        contact_import = self.start(acme)
        acme.bob.role = acme.alice.role
        acme.bob.save()
        ContactImport.objects.update(by=acme.bob)
        remove_member(acme.bob, by=acme.alice)
        actions.continue_import(contact_import.pk)
        contact_import.refresh_from_db()
        assert contact_import.state == "failed"
        assert not Contact.objects.exists()

    def test_files_are_kept_no_longer_than_needed(self, acme):
        contact_import = upload(self.TEXT, acme.alice)
        old = timezone.now() - actions.ABANDONED - timedelta(minutes=1)
        ContactImport.objects.update(worked_at=old)
        actions.sweep_contact_imports()
        contact_import.refresh_from_db()
        assert (contact_import.state, contact_import.content) == ("cancelled", None)

    @pytest.mark.parametrize("how", ["replaced", "cancelled", "failed", "done"])
    def test_nothing_of_the_file_is_kept_with_the_end(self, acme, how):
        text = "Email,Name\na@x.example,Ann\n"
        if how != "done":
            text += "wrong,Bob\n"
        contact_import = check(upload(text, acme.alice))
        assert contact_import.samples
        assert bool(contact_import.errors) == (how != "done")
        if how == "replaced":
            upload(text, acme.alice)
        elif how == "cancelled":
            cancel_import(contact_import)
        elif how == "failed":
            ContactImport.objects.update(state="checking", attempts=actions.MAX_ATTEMPTS)
        else:
            assert actions.import_contacts(contact_import)
        actions.continue_import(contact_import.pk)
        contact_import.refresh_from_db()
        assert contact_import.has_ended
        kept = contact_import.content, contact_import.samples, contact_import.errors
        assert kept == (None, [], [])


class TestOverHttp:
    URL = "/w/acme/contacts/import/"

    def upload(self, client, text):
        file = SimpleUploadedFile("people.csv", text.encode())
        return client.post(self.URL, {"file": file})

    def test_from_the_file_to_the_contacts(self, acme, sign_in):
        client = sign_in(acme.alice)
        response = self.upload(client, "Who,Mail\nAnn,a@x.example\nBob,nonsense\n")
        contact_import = ContactImport.objects.get()
        url = f"/w/acme/contacts/imports/{contact_import.pk}/"
        assert response["Location"] == url
        page = client.get(url).content.decode()
        assert "people.csv has 2 contacts" in " ".join(page.split())
        assert client.post(f"{url}columns/", {"known": "update"}).status_code == 400
        form = {"known": "update", "column-0": "name", "column-1": "name"}
        assert "Another column is the same" in client.post(f"{url}columns/", form).content.decode()
        client.post(f"{url}columns/", form | {"column-1": "email"})
        part = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "of 2 rows checked" in part
        assert "<html" not in part
        actions.continue_import(contact_import.pk)
        page = " ".join(client.get(url).content.decode().split())
        assert "1 row can't be imported" in page
        assert "Line 3" in page
        client.post(f"{url}start/")
        contact_import.refresh_from_db()
        assert contact_import.state == "checked"
        report = client.get(f"{url}errors/").content.decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(report)))[1] == [
            *("3", "Mail", "nonsense", "This isn't a valid email address."),
        ]
        self.upload(client, "Who,Mail\nAnn,a@x.example\nBob,b@x.example\n")
        contact_import = ContactImport.objects.exclude(state="cancelled").get()
        url = f"/w/acme/contacts/imports/{contact_import.pk}/"
        assert contact_import.columns == ["name", "email"]
        client.post(f"{url}columns/", form | {"column-1": "email"})
        actions.continue_import(contact_import.pk)
        assert "2 new contacts" in " ".join(client.get(url).content.decode().split())
        client.post(f"{url}start/")
        actions.continue_import(contact_import.pk)
        assert "The import is finished" in client.get(url).content.decode()
        assert Contact.objects.count() == 2
        assert client.get("/w/acme/contacts/").status_code == 200

    def test_what_is_wrong_is_said_at_the_field(self, acme, sign_in, settings):
        client = sign_in(acme.alice)
        assert client.post(self.URL).status_code == 400
        assert self.upload(client, "").status_code == 400
        settings.MAX_IMPORT_BYTES = 10
        page = self.upload(client, "Name\nA long name\n")
        assert "larger than 30 MB" in page.content.decode()
        assert not ContactImport.objects.exists()

    def test_a_colleagues_import_is_only_in_the_way(self, acme, sign_in):
        acme.bob.role = acme.alice.role
        acme.bob.save()
        contact_import = upload("Name\nAnn\n", acme.alice)
        client = sign_in(acme.bob)
        page = self.upload(client, "Name\nBob\n").content.decode()
        assert "Another import isn&#x27;t finished" in page
        assert "Alice's import of contacts.csv" in " ".join(page.split())
        assert client.get(f"/w/acme/contacts/imports/{contact_import.pk}/").status_code == 404
        client.post(f"/w/acme/contacts/imports/{contact_import.pk}/cancellation/")
        assert self.upload(client, "Name\nBob\n").status_code == 302

    def test_the_buttons_are_for_those_who_may(self, acme, vera, sign_in):
        vera.writes()
        assert "contacts/import/" in sign_in(acme.alice).get("/w/acme/contacts/").content.decode()
        page = sign_in(acme.bob).get("/w/acme/contacts/").content.decode()
        assert "contacts/import/" not in page
        assert "contacts/export/" not in page
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.IMPORT_CONTACTS)
        page = sign_in(acme.bob).get("/w/acme/contacts/").content.decode()
        assert "contacts/import/" not in page
        assert "contacts/export/" in page


@COMMITS
class TestRaces:
    def test_two_uploads_at_once(self, acme):
        acme.bob.role = acme.alice.role
        acme.bob.save()

        def act(number):
            try:
                return upload("Name\nAnn\n", [acme.alice, acme.bob][number])
            except ImportInProgress:
                return None

        assert sum(each is not None for each in in_parallel(2, act)) == 1
        assert ContactImport.objects.exclude(state="cancelled").count() == 1

    def test_two_workers_import_it_once(self, acme):
        contact_import = check(upload("Name\nAnn\nBob\n", acme.alice))
        assert actions.import_contacts(contact_import)
        in_parallel(3, lambda _number: actions.continue_import(contact_import.pk))
        assert Contact.objects.count() == 2
        assert AuditEntry.objects.filter(action="contacts.imported").count() == 1

    @pytest.mark.parametrize("round", range(2))
    def test_edits_merges_messages_and_labels_meanwhile(self, acme, round):
        visitors = [Vera(acme.inbox) for _ in range(4)]
        contacts = [visitor.writes("Hello").conversation.contact for visitor in visitors]
        for number, contact in enumerate(contacts):
            edit_contact(contact, email=f"v{number}@x.example", by=acme.bob)
        rows = [f"v{number}@x.example,Imported {number},VIP" for number in range(200)]
        text = "\n".join(["Email,Name,Labels", *rows])
        contact_import = check(upload(text, acme.alice))
        assert actions.import_contacts(contact_import)
        label = save_label(acme.workspace, name="Beta", colour=1, by=acme.alice)
        acts = [
            lambda: actions.continue_import(contact_import.pk),
            lambda: edit_contact(contacts[0], phone="12345", by=acme.bob),
            lambda: merge_contacts(contacts[1], contacts[2], by=acme.bob),
            lambda: visitors[3].posts("Still there?"),
            lambda: label_contact(contacts[3], add=[label]),
            lambda: set_owner(contacts[0], owner=acme.bea, by=acme.bob),
        ]
        in_parallel(len(acts), lambda number: acts[number]())
        contact_import.refresh_from_db()
        assert contact_import.state == "done"
        first, last = (Contact.objects.get(pk=contacts[number].pk) for number in (0, 3))
        assert (first.name, first.phone, first.owner) == ("Imported 0", "12345", acme.bea)
        assert {each.name for each in last.labels} == {"VIP", "Beta"}
        assert Message.objects.filter(body="Still there?").exists()
        assert not Contact.objects.filter(pk=contacts[2].pk).exists()
