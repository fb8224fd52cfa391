"""Changing many contacts and exporting them: at once, in the background, after a crash."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox import tasks
from inbox.actions import contact_job as jobs
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import save_attribute
from inbox.actions.contact_label import label_contact
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.label import save_label
from inbox.contact_list import ContactFilters
from inbox.models import Contact, ContactJob, Inbox, Label, Message
from teams.actions.membership import remove_member
from teams.models import AuditEntry
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, in_parallel
from tests.inbox.test_contacts import set_permissions

Kind = ContactJob.Kind
EVERYONE = ContactFilters.from_text("")


@pytest.fixture
def imported(acme):
    """Return contacts without a conversation."""
    return Contact.objects.bulk_create(
        Contact(workspace=acme.workspace, name=f"Contact {number}") for number in range(5)
    )


def owners():
    return set(Contact.objects.values_list("owner", flat=True))


class TestSelected:
    def test_the_selected_contacts_get_an_owner(self, acme, imported, vera, sign_in):
        talking = vera.writes().conversation.contact
        form = {"contact": [imported[0].pk, talking.pk, "x"], "owner": acme.bob.pk}
        response = sign_in(acme.bea).post("/w/acme/contacts/owners/", form, follow=True)
        assert [str(each) for each in response.context["messages"]] == ["2 contacts changed."]
        assert set(acme.bob.owned_contacts.all()) == {imported[0], talking}
        assert Message.objects.filter(activity="owner_set", author=acme.bea).count() == 1

    def test_a_label_is_created_added_and_removed(self, acme, imported, sign_in):
        client, form = sign_in(acme.bob), {"contact": [each.pk for each in imported]}
        client.post("/w/acme/contacts/label-addition/", form | {"name": "VIP"})
        vip = Label.objects.get()
        assert Contact.objects.filter(label_ids=[vip.pk]).count() == len(imported)
        client.post("/w/acme/contacts/label-removal/", form | {"name": "vip"})
        assert Contact.objects.filter(label_ids=[]).count() == len(imported)
        client.post("/w/acme/contacts/label-removal/", form | {"name": "unknown"})
        client.post("/w/acme/contacts/label-addition/", form | {"name": ""})
        assert Label.objects.count() == 1

    def test_contacts_one_may_not_see_stay_as_they_are(self, acme, globex, imported, sign_in):
        hidden = Vera(acme.inbox).writes().conversation
        hidden.assignee = acme.bea
        hidden.save()
        foreign = Contact.objects.create(workspace=globex.workspace)
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.EDIT_CONTACTS)
        form = {"contact": [hidden.contact_id, foreign.pk, imported[0].pk], "owner": acme.bob.pk}
        response = sign_in(acme.bob).post("/w/acme/contacts/owners/", form, follow=True)
        assert [str(each) for each in response.context["messages"]] == ["Select contacts first."]
        assert owners() == {None}

    def test_the_list_is_shown_again_where_it_was(self, acme, imported, sign_in):
        form = {"filters": f"search=Contact&before={imported[4].pk}", "owner": ""}
        response = sign_in(acme.bob).post("/w/acme/contacts/owners/", form)
        assert response["Location"] == f"/w/acme/contacts/?{form['filters']}"


class TestAllOfTheList:
    def run(self, acme, kind, query="", target=None):
        filters = ContactFilters.from_text(query)
        job = jobs.start_contact_job(kind, filters=filters, target=target, by=acme.alice)
        assert jobs.continue_contact_job(job.pk)
        job.refresh_from_db()
        return job

    def test_it_is_asked_first_and_done_in_the_background(self, acme, imported, sign_in):
        client, url = sign_in(acme.bob), "/w/acme/contacts/owners/"
        form = {"filters": "search=Contact+1", "all": "1", "owner": acme.bea.pk}
        page = client.post(url, form)
        assert "Make Bea the owner of 1 contact" in page.content.decode()
        assert not ContactJob.objects.exists()
        response = client.post(url, form | {"confirmed": "1"})
        job = ContactJob.objects.get()
        assert response["Location"] == f"/w/acme/contacts/jobs/{job.pk}/"
        assert "0 of 1 contacts" in " ".join(
            client.get(response["Location"]).content.decode().split()
        )
        jobs.continue_contact_job(job.pk)
        assert [each.name for each in acme.bea.owned_contacts.all()] == ["Contact 1"]
        part = client.get(response["Location"], headers={"HX-Request": "true"}).content.decode()
        assert "1 contact changed." in part
        assert "<html" not in part

    def test_batches_end_with_the_last_contact(self, acme, imported, monkeypatch):
        monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
        set_owner(imported[2], owner=acme.bob)
        job = self.run(acme, Kind.OWNER, target=acme.bob.pk)
        assert (job.state, job.done, job.changed) == ("done", 5, 4)
        assert owners() == {acme.bob.pk}

    def test_contacts_that_leave_the_filter_are_all_done(self, acme, imported, monkeypatch):
        monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
        job = self.run(acme, Kind.OWNER, query="owner=none", target=acme.bob.pk)
        assert (job.total, job.done) == (5, 5)
        assert owners() == {acme.bob.pk}

    def test_a_full_contact_is_counted(self, acme, imported):
        labels = [
            save_label(acme.workspace, name=str(n), colour=1, by=acme.alice) for n in range(21)
        ]
        label_contact(imported[0], add=labels[:20])
        job = self.run(acme, Kind.ADD_LABEL, target=labels[20].pk)
        assert (job.changed, job.skipped) == (4, 1)

    def test_after_a_crash_the_sweep_goes_on_where_it_was(self, acme, imported, monkeypatch):
        monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
        job = jobs.start_contact_job(
            Kind.OWNER, filters=EVERYONE, target=acme.bob.pk, by=acme.alice
        )
        jobs.continue_contact_job(job.pk, seconds=0)
        assert Contact.objects.filter(owner=acme.bob).count() == 2
        jobs.sweep_contact_jobs()
        assert Contact.objects.filter(owner=acme.bob).count() == 2  # its worker may be alive
        ContactJob.objects.update(worked_at=timezone.now() - jobs.LEASE)
        jobs.sweep_contact_jobs()
        assert Contact.objects.filter(owner=acme.bob).count() == 5

    def test_the_sweep_leaves_a_long_job_to_a_task_of_its_own(self, acme, imported, monkeypatch):
        delayed = []
        monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
        monkeypatch.setattr(jobs, "SECONDS_PER_TASK", 0)
        monkeypatch.setattr(tasks.continue_contact_job, "delay", delayed.append)
        job = jobs.start_contact_job(
            Kind.OWNER, filters=EVERYONE, target=acme.bob.pk, by=acme.alice
        )
        ContactJob.objects.update(worked_at=timezone.now() - jobs.LEASE)
        jobs.sweep_contact_jobs()
        assert delayed == [str(job.pk)]
        assert Contact.objects.filter(owner=acme.bob).count() == 2

    def test_what_always_fails_is_given_up(self, acme, imported, monkeypatch):
        job = jobs.start_contact_job(Kind.OWNER, filters=EVERYONE, by=acme.alice)
        monkeypatch.setattr(jobs, "change_batch", lambda *_: 1 / 0)
        old = timezone.now() - jobs.GIVEN_UP_AFTER - timedelta(minutes=1)
        ContactJob.objects.update(worked_at=old)
        jobs.sweep_contact_jobs()
        job.refresh_from_db()
        assert job.is_running
        ContactJob.objects.update(created_at=old)
        jobs.sweep_contact_jobs()
        job.refresh_from_db()
        assert job.state == "failed"

    def test_it_stops_when_it_is_cancelled_or_no_longer_allowed(self, acme, imported, sign_in):
        start = lambda by: jobs.start_contact_job(  # noqa: E731
            Kind.OWNER, filters=EVERYONE, target=acme.bea.pk, by=by
        )
        job = start(acme.bob)
        sign_in(acme.bob).post(f"/w/acme/contacts/jobs/{job.pk}/cancellation/")
        jobs.continue_contact_job(job.pk)
        job = start(acme.bob)
        remove_member(acme.bob, by=acme.alice)
        jobs.continue_contact_job(job.pk)
        assert set(ContactJob.objects.values_list("state", flat=True)) == {"cancelled", "refused"}
        assert owners() == {None}

    def test_a_removed_member_becomes_no_owner(self, acme, imported):
        remove_member(acme.bob, by=acme.alice)
        assert self.run(acme, Kind.OWNER, target=acme.bob.pk).changed == 0
        assert owners() == {None}


class TestExport:
    def export(self, member, query=""):
        filters = ContactFilters.from_text(query)
        job = jobs.start_contact_job(Kind.EXPORT, filters=filters, by=member)
        jobs.continue_contact_job(job.pk)
        return f"/w/acme/contacts/jobs/{job.pk}/file/"

    def read(self, client, url):
        text = b"".join(client.get(url)).decode()
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text[1:])))

    def test_the_file_has_everything_about_a_contact(self, acme, vera, sign_in):
        contact = vera.writes().conversation.contact
        plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
        edit_contact(
            contact,
            name="=Vera",
            email="vera@x.example",
            phone="+49 170 1234567",
            attributes={plan.key: "Gold"},
            by=acme.bob,
        )
        set_owner(contact, owner=acme.bea)
        for name in ("VIP", "A, B"):
            label = save_label(acme.workspace, name=name, colour=1, by=acme.alice)
            label_contact(contact, add=[label])
        [row] = self.read(sign_in(acme.alice), self.export(acme.alice))
        assert row["ID"] == str(contact.pk)
        assert (row["Name"], row["Phone"]) == ("'=Vera", "'+49 170 1234567")
        assert (row["Owner"], row["Labels"]) == ("bea@acme.example", 'VIP,"A, B"')
        assert row["Plan"] == "Gold"
        entry = AuditEntry.objects.get(action="contacts.exported")
        assert (entry.by, entry.after) == (acme.alice, {"contacts": 1})

    def test_only_contacts_that_the_member_may_see_and_the_list_shows(
        self, acme, globex, imported, sign_in
    ):
        Contact.objects.create(workspace=globex.workspace, name="Contact 0")
        hidden = Vera(acme.inbox).writes().conversation
        hidden.assignee = acme.bea
        hidden.save()
        mine = Vera(acme.inbox).writes().conversation.contact
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.IMPORT_CONTACTS)
        rows = self.read(sign_in(acme.bob), self.export(acme.bob))
        assert [row["ID"] for row in rows] == [str(mine.pk)]
        rows = self.read(sign_in(acme.alice), self.export(acme.alice, "search=contact+0"))
        assert [row["Name"] for row in rows] == ["Contact 0"]

    def test_no_one_else_reads_it_and_not_after_the_access_became_less(
        self, acme, imported, sign_in
    ):
        set_permissions(
            acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL, Permission.IMPORT_CONTACTS
        )
        url = self.export(acme.bob)
        client = sign_in(acme.bob)
        assert client.get(url).status_code == 200
        assert sign_in(acme.alice).get(url).status_code == 404
        Inbox.objects.get(pk=acme.inbox.pk).members.filter(membership=acme.bob).delete()
        assert client.get(url).status_code == 404

    def test_no_one_reads_it_if_the_access_became_less_while_it_was_made(
        self, acme, vera, sign_in, monkeypatch
    ):
        vera.writes()
        set_permissions(
            acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL, Permission.IMPORT_CONTACTS
        )
        export = jobs.export_contacts

        def export_and_lose_access(contacts, *arguments):
            content = export(contacts, *arguments)
            acme.inbox.members.filter(membership=acme.bob).delete()
            return content

        monkeypatch.setattr(jobs, "export_contacts", export_and_lose_access)
        url = self.export(acme.bob)
        assert ContactJob.objects.get().content
        assert sign_in(acme.bob).get(url).status_code == 404

    def test_it_is_deleted_after_a_day_and_by_the_next_one(self, acme, imported, sign_in):
        url = self.export(acme.alice)
        again = self.export(acme.alice)
        assert sign_in(acme.alice).get(url).status_code == 404
        job = ContactJob.objects.get()
        job.delete()
        old = timezone.now() - jobs.KEPT - timedelta(minutes=1)
        ContactJob.objects.create(
            id="01900000-0000-7000-8000-000000000000",
            created_at=old,
            **{
                name: getattr(job, name)
                for name in ("workspace", "by", "kind", "state", "content", "worked_at")
            },
        )
        jobs.sweep_contact_jobs()
        assert not ContactJob.objects.exists()
        assert again != url


@COMMITS
def test_a_merge_and_a_change_of_many_at_once(acme):
    contacts = [Vera(acme.inbox).writes().conversation.contact for _ in range(6)]
    label = save_label(acme.workspace, name="VIP", colour=1, by=acme.alice)

    def act(number):
        if number < 2:
            kind, target = [(Kind.OWNER, acme.bob.pk), (Kind.ADD_LABEL, label.pk)][number]
            filters = ContactFilters.from_text("")
            job = jobs.start_contact_job(kind, filters=filters, target=target, by=acme.alice)
            return jobs.continue_contact_job(job.pk)
        pair = contacts[2 * number - 4], contacts[2 * number - 3]
        return merge_contacts(*pair, by=acme.alice)

    assert all(in_parallel(5, act))
    assert Contact.objects.count() == 3
    assert set(ContactJob.objects.values_list("state", flat=True)) == {"done"}
    assert owners() <= {acme.bob.pk, None}
