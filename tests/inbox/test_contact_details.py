"""Attributes, notes and blocking of contacts."""

import re
from uuid import uuid4

import pytest

from inbox.actions.contact import edit_contact
from inbox.actions.contact_attribute import delete_attribute, save_attribute
from inbox.actions.contact_block import block_contact, unblock_contact
from inbox.actions.contact_note import add_contact_note
from inbox.actions.message import post_reply
from inbox.models import Contact, ContactAttribute, ContactNote, Conversation, Message, Visitor
from teams.models import AuditEntry, Membership
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, in_parallel
from tests.inbox.test_contacts import activities, set_permissions


@pytest.fixture
def contact(vera):
    return vera.writes().conversation.contact


def define(acme, name, kind="text", choices=()):
    return save_attribute(
        acme.workspace, name=name, kind=kind, choices=list(choices), by=acme.alice
    )


class TestAttributes:
    def test_values_are_checked_by_their_kind_and_nothing_typed_is_lost(
        self, acme, contact, sign_in
    ):
        seats, since = define(acme, "Seats", "number"), define(acme, "Since", "date")
        plan = define(acme, "Plan", "choice", ["Gold", "Silver"])
        fields = {each.name: f"attribute-{each.pk}" for each in (seats, since, plan)}
        client, url = sign_in(acme.bob), f"/w/acme/contacts/{contact.pk}/details/"
        bad = {"Seats": "many", "Since": "31.31.2026", "Plan": "Tin"}
        form = {"company": "Ito & Co", "phone": "no"} | {fields[n]: v for n, v in bad.items()}
        page = client.post(url, form)
        assert page.status_code == 400
        assert set(page.context["form"].errors) == {"phone", *fields.values()}
        text = page.content.decode()
        assert "Ito &amp; Co" in text
        assert "many" in text
        good = {"Seats": "12,50", "Since": "31.01.2026", "Plan": "gold"}
        form = {"phone": "+49 170 1"} | {fields[n]: v for n, v in good.items()}
        assert client.post(url, form).status_code == 302
        contact.refresh_from_db()
        assert contact.attributes == {seats.key: "12.5", since.key: "2026-01-31", plan.key: "Gold"}
        assert contact.phone == "+49 170 1"
        assert [name for name, _value in contact.shown_attributes] == ["Seats", "Since", "Plan"]
        desk = client.get("/w/acme/conversations/1/").content.decode()
        assert all(value in desk for value in ("12.5", "+49 170 1", "Gold"))
        client.post(url, {fields["Seats"]: ""})
        contact.refresh_from_db()
        assert set(contact.attributes) == {since.key, plan.key}

    @pytest.mark.parametrize(
        ("typed", "stored"), [("1,200", None), ("-3", "-3"), ("1e3", "1000"), ("NaN", None)]
    )
    def test_ambiguous_numbers_are_refused(self, acme, contact, sign_in, typed, stored):
        seats = define(acme, "Seats", "number")
        url = f"/w/acme/contacts/{contact.pk}/details/"
        response = sign_in(acme.bob).post(url, {f"attribute-{seats.pk}": typed})
        assert response.status_code == (302 if stored else 400)
        contact.refresh_from_db()
        assert contact.attributes.get(seats.key) == stored

    def test_deleting_an_attribute_or_a_choice_deletes_its_values(self, acme, contact):
        plan = define(acme, "Plan", "choice", ["Gold", "Silver"])
        note = define(acme, "Note")
        edit_contact(contact, attributes={plan.key: "Gold", note.key: "x"}, by=acme.bob)
        save_attribute(
            acme.workspace,
            attribute=plan,
            name="Tariff",
            kind="choice",
            choices=["Silver"],
            by=acme.alice,
        )
        contact.refresh_from_db()
        assert contact.attributes == {note.key: "x"}
        delete_attribute(note, by=acme.alice)
        delete_attribute(note, by=acme.alice)
        contact.refresh_from_db()
        assert contact.attributes == {}
        edit_contact(contact, attributes={note.key: "back"}, by=acme.bob)
        contact.refresh_from_db()
        assert contact.attributes == {}
        actions = AuditEntry.objects.filter(action__startswith="contact_attribute.")
        assert actions.count() == 4

    def test_the_audit_log_names_the_fields_and_the_kind(self, acme, sign_in):
        define(acme, "Plan", "choice", ["Gold", "Silver"])
        page = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
        names = re.findall(r'class="field-name">\s*(.+?)\s*</span>', page)
        assert sorted(names) == ["Choices", "Kind", "Name"]
        assert "<ins>Choice</ins>" in page

    def test_the_settings_page(self, acme, sign_in):
        client, url = sign_in(acme.alice), "/w/acme/settings/contact-attributes/"
        assert "No attributes yet" in client.get(url).content.decode()
        page = client.post(f"{url}new/", {"name": "Plan", "kind": "choice", "choices": " \n"})
        assert "Enter at least one choice." in page.content.decode()
        form = {"name": "Plan", "kind": "choice", "choices": "Gold\n gold \nSilver"}
        assert client.post(f"{url}new/", form).status_code == 302
        plan = ContactAttribute.objects.get()
        assert plan.choices == ["gold", "Silver"]
        again = client.post(f"{url}new/", form | {"name": "PLAN"})
        assert "already in use" in again.content.decode()
        client.post(f"{url}{plan.pk}/", form | {"kind": "text", "name": "Tariff"})
        plan.refresh_from_db()
        assert (plan.name, plan.kind) == ("Tariff", "choice")
        assert client.post(f"{url}{plan.pk}/deletion/").status_code == 302
        assert not ContactAttribute.objects.exists()

    def test_a_change_in_between_is_shown_first(self, acme, contact, sign_in):
        client, url = sign_in(acme.bob), f"/w/acme/contacts/{contact.pk}/"
        shown = client.get(url).context["form"].version
        edit_contact(contact, company="Theirs", by=acme.bea)
        form = {"company": "Mine", "shown": shown}
        page = client.post(f"{url}details/", form)
        assert page.status_code == 400
        assert "Mine" in page.content.decode()
        contact.refresh_from_db()
        assert contact.company == "Theirs"
        form["shown"] = page.context["form"].version_for_page
        assert client.post(f"{url}details/", form).status_code == 302
        contact.refresh_from_db()
        assert contact.company == "Mine"

    @COMMITS
    def test_changes_by_two_agents_at_once_are_kept(self, acme, vera):
        pk = vera.writes().conversation.contact.pk
        plan, size = define(acme, "Plan"), define(acme, "Size")
        changes = [
            {"company": "Kessler Ltd"},
            {"phone": "+49 30 1234567"},
            {"attributes": {plan.key: "Large"}},
            {"attributes": {size.key: "12"}},
        ]
        read = [Contact.objects.get(pk=pk) for _change in changes]  # before any of them is saved
        agents = [acme.bob, acme.bea] * 2

        def act(number):
            return edit_contact(read[number], **changes[number], by=agents[number])

        assert in_parallel(len(changes), act) == [True] * 4
        contact = Contact.objects.get(pk=pk)
        assert (contact.company, contact.phone) == ("Kessler Ltd", "+49 30 1234567")
        assert contact.attributes == {plan.key: "Large", size.key: "12"}

    @COMMITS
    def test_editing_while_the_attribute_is_deleted_leaves_nothing_behind(self, acme, vera):
        contact = vera.writes().conversation.contact
        plans = [define(acme, f"Plan {number}") for number in range(4)]

        def act(number):
            plan = plans[number // 2]
            if number % 2:
                delete_attribute(plan, by=acme.alice)
            else:
                mine = Contact.objects.get(pk=contact.pk)
                edit_contact(mine, attributes={plan.key: "x", plans[3].key: "y"}, by=acme.bob)

        in_parallel(4, act)
        contact.refresh_from_db()
        assert contact.attributes == {plans[3].key: "y"}


class TestNotes:
    def test_they_are_on_the_page_and_beside_the_conversation(self, acme, contact, sign_in):
        client, url = sign_in(acme.bob), f"/w/acme/contacts/{contact.pk}/"
        assert client.post(f"{url}notes/", {"body": "  "}).status_code == 400
        assert client.post(f"{url}notes/", {"body": "Pays late\n<b>"}).status_code == 302
        for path in (url, "/w/acme/conversations/1/"):
            assert "Pays late\n&lt;b&gt;" in client.get(path).content.decode()
        note = ContactNote.objects.get()
        other = Vera(acme.inbox).writes().conversation.contact
        strange = f"/w/acme/contacts/{other.pk}/notes/{note.pk}/deletion/"
        assert client.post(strange).status_code == 404
        assert client.post(f"{url}notes/{note.pk}/deletion/").status_code == 302
        assert not ContactNote.objects.exists()

    def test_without_the_permission_they_can_be_read_only(self, acme, contact, sign_in):
        add_contact_note(contact, body="Pays late", by=acme.alice)
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL)
        client, url = sign_in(acme.bob), f"/w/acme/contacts/{contact.pk}/"
        page = client.get(url).content.decode()
        assert "Pays late" in page
        assert f"{contact.pk}/notes" not in page
        assert client.post(f"{url}notes/", {"body": "x"}).status_code == 403

    def test_a_note_of_a_former_member_is_marked(self, acme, contact, sign_in):
        add_contact_note(contact, body="Pays late", by=acme.bea)
        acme.bea.user.delete()
        for path in (f"contacts/{contact.pk}/", "conversations/1/"):
            page = sign_in(acme.bob).get(f"/w/acme/{path}").content.decode()
            assert "Former member ·" in page

    def test_visitors_never_get_them(self, acme, vera, contact):
        add_contact_note(contact, body="Pays late", by=acme.alice)
        assert "Pays late" not in vera.call("messages/?after=0").content.decode()


class TestImportedContacts:
    def test_only_members_who_see_all_conversations_see_contacts_without_any(self, acme, sign_in):
        contact = Contact.objects.create(workspace=acme.workspace, name="Imported")
        url = f"/w/acme/contacts/{contact.pk}/"
        for member in (acme.alice, acme.bob):
            assert sign_in(member).get(url).status_code == 200
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.EDIT_CONTACTS)
        assert sign_in(acme.bob).get(url).status_code == 404
        assert "Imported" not in sign_in(acme.bob).get("/w/acme/contacts/").content.decode()


class TestBlocking:
    def test_what_they_write_is_discarded_without_telling_them(
        self, acme, vera, live_events, sign_in
    ):
        vera.posts("First")
        conversation = Conversation.objects.get()
        assert sign_in(acme.bob).post(self.url(conversation.contact, "blocking")).status_code == 302
        before = Conversation.objects.values().get()
        with live_events.committed():
            vera.call("typing/", {})
            responses = [vera.posts(f"Spam {number}") for number in range(3)]
        assert [response.status_code for response in responses] == [201] * 3
        assert all("Spam" in response.json()["html"] for response in responses)
        assert vera.call("email/", {"email": "spam@x.example"}).status_code == 200
        assert Conversation.objects.values().get() == before
        assert not Message.objects.filter(body__contains="Spam").exists()
        assert Contact.objects.get().email == ""
        assert "Spam" not in str(list(live_events))
        usual = Vera(acme.inbox).posts("x").json()
        assert responses[0].json().keys() == usual.keys()

    def url(self, contact, verb):
        return f"/w/acme/contacts/{contact.pk}/{verb}/"

    def test_agents_see_who_did_it_and_can_end_it(self, acme, vera, contact, sign_in):
        assert block_contact(contact, by=acme.bob)
        assert not block_contact(contact, by=acme.bea)
        client = sign_in(acme.bea)
        for path in (f"/w/acme/contacts/{contact.pk}/", "/w/acme/conversations/1/"):
            assert "Blocked by Bob" in client.get(path).content.decode()
        post_reply(Conversation.objects.get(), body="Sorry", client_id=uuid4(), by=acme.bea)
        assert "Sorry" in vera.call("messages/?after=0").json()["html"]
        assert unblock_contact(contact, by=acme.bea)
        assert vera.posts("Me again").status_code == 201
        assert Message.objects.filter(body="Me again").exists()
        assert "Bob blocked this contact." in activities(contact)
        assert "Bea unblocked this contact." in activities(contact)
        names = AuditEntry.objects.filter(action__startswith="contact.").values_list("action")
        assert {name for [name] in names} == {"contact.blocked", "contact.unblocked"}

    def test_it_needs_the_permission_and_a_visible_contact(self, acme, globex, contact, sign_in):
        url = self.url(contact, "blocking")
        assert sign_in(globex.charlie).post(url).status_code == 404
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL)
        assert sign_in(acme.bob).post(url).status_code == 403
        Membership.objects.filter(pk=acme.bea.pk).update(suspended_at="2026-01-01T00:00Z")
        assert sign_in(acme.bea).post(url).status_code == 404
        assert not Visitor.objects.get().is_blocked
