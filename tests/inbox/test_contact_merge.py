"""Merging two contacts: what stays, and what others do at the same moment."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import ForeignObjectRel
from django.utils import timezone

from inbox.actions.attachment import receive_file
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import save_attribute
from inbox.actions.contact_block import block_contact
from inbox.actions.contact_merge import PreviewOutdated, merge_contacts, move_rows
from inbox.actions.contact_note import add_contact_note
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.contact_merge import preview_merge
from inbox.models import Attachment, Contact, Conversation, FormerContact, Message, Visitor
from messagehub.lib.tokens import hash_token
from reports.models import Fact, Kind
from reports.recording import record_new_entries
from teams.models import AuditEntry
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, in_parallel
from tests.inbox.test_contacts import set_permissions


@pytest.fixture
def two(acme):
    """Return two visitors who have written: the older conversation, then the newer one."""
    visitors = [Vera(acme.inbox), Vera(acme.inbox)]
    for number, visitor in enumerate(visitors):
        visitor.contact = visitor.writes(f"From {number}").conversation.contact
    return visitors


class TestValues:
    @pytest.mark.parametrize("later", [0, 1])
    def test_the_latest_consent_is_kept(self, acme, two, later):
        now = timezone.now()
        for number, visitor in enumerate(two):
            visitor.contact.consented_at = now - timedelta(days=int(number != later))
            visitor.contact.save()
        merged = merge_contacts(two[0].contact, two[1].contact, by=acme.alice)
        merged.refresh_from_db()
        assert merged.consented_at == now

    def test_those_of_the_contact_that_stays_win_unless_empty(self, acme, two):
        plan = save_attribute(acme.workspace, name="Plan", kind="text", choices=[], by=acme.alice)
        seats = save_attribute(acme.workspace, name="Seats", kind="text", choices=[], by=acme.alice)
        stays, leaves = (visitor.contact for visitor in two)
        edit_contact(stays, name="Vera", attributes={plan.key: "Gold"}, by=acme.bob)
        attributes = {plan.key: "Tin", seats.key: "3"}
        edit_contact(leaves, name="V.", email="v@x.example", attributes=attributes, by=acme.bob)
        set_owner(leaves, owner=acme.bea, by=acme.bob)
        Contact.objects.filter(pk=leaves.pk).update(unsubscribed_at=leaves.created_at)
        add_contact_note(leaves, body="Pays late", by=acme.bob)
        merged = merge_contacts(stays, leaves, by=acme.alice)
        merged.refresh_from_db()
        assert (merged.name, merged.email, merged.owner) == ("Vera", "v@x.example", acme.bea)
        assert merged.attributes == {plan.key: "Gold", seats.key: "3"}
        assert merged.notes.get().body == "Pays late"
        entry = AuditEntry.objects.get(action="contact.merged")
        assert (entry.by, entry.before["name"], entry.before["id"]) == (
            acme.alice,
            "V.",
            str(leaves.pk),
        )

    def test_a_block_of_either_holds(self, acme, two):
        block_contact(two[1].contact, by=acme.bob)
        merge_contacts(two[0].contact, two[1].contact, by=acme.alice)
        assert set(Visitor.objects.values_list("is_blocked", flat=True)) == {True}
        two[0].posts("unheard")
        assert not Message.objects.filter(body="unheard").exists()

    def test_every_reference_to_a_contact_is_moved(self):
        moved = set(move_rows.__code__.co_names)
        references = {
            relation.related_model.__name__
            for relation in Contact._meta.get_fields(include_hidden=True)
            if isinstance(relation, ForeignObjectRel)
        }
        assert references <= moved


class TestConversations:
    def test_the_older_of_two_unresolved_ones_is_resolved(self, acme, two):
        older, newer = Conversation.objects.order_by("number")
        merge_contacts(two[0].contact, two[1].contact, by=acme.alice)
        older, newer = Conversation.objects.order_by("number")
        assert (older.status, newer.status) == ("resolved", "open")
        assert older.contact_id == newer.contact_id == two[0].contact.pk
        texts = [entry.text for entry in older.messages.filter(kind="activity").order_by("seq")]
        assert texts[-2].startswith("Alice merged ")
        assert texts[-1] == "Alice resolved this conversation."
        assert set(Message.objects.filter(kind="contact").values_list("contact", flat=True)) == {
            two[0].contact.pk
        }

    def test_both_browsers_go_on_in_the_unresolved_conversation(self, acme, two, live_events):
        resolve_conversation(Conversation.objects.get(number=2), by=acme.bob)
        with live_events.committed():
            merge_contacts(two[1].contact, two[0].contact, by=acme.alice)
        assert {f"visitor:{each.pk}" for each in Visitor.objects.all()} <= set(live_events.closed)
        open_one = Conversation.objects.get(number=1)
        assert open_one.is_open
        for visitor in two:
            visitor.posts("Going on")
            page = visitor.call("messages/?after=0").json()
            assert page["conversation"] == str(open_one.pk)
            assert "From 0" in page["html"]
            assert "From 1" not in page["html"]
        assert Message.objects.filter(body="Going on", conversation=open_one).count() == 2
        resolve_conversation(open_one, by=acme.bob)
        assert two[0].posts("Again").status_code == 201
        assert Message.objects.get(body="Again").conversation.number == 2

    def test_reports_count_what_they_counted(self, acme, two):
        def count():
            record_new_entries()
            return Fact.objects.filter(kind=Kind.NEW).count(), Fact.objects.filter(
                kind=Kind.RESOLVED
            ).count()

        assert count() == (2, 0)
        merge_contacts(two[0].contact, two[1].contact, by=acme.alice)
        assert count() == (2, 1)

    def test_open_pages_show_the_contact_that_stayed(self, acme, two, live_events):
        edit_contact(two[0].contact, name="Vera Ito", by=acme.bob)
        newer = Conversation.objects.get(number=2)
        with live_events.committed():
            merge_contacts(two[0].contact, two[1].contact, by=acme.alice)
        shown = {
            data["id"]: data["html"]
            for name, data in live_events.on(newer.live_channel)
            if "html" in data
        }
        assert "Vera Ito" in shown[f"contact-{two[1].contact.pk}"]
        rows = [data for name, data in live_events.on(acme.inbox.live_channel) if name == "row"]
        assert {row["number"] for row in rows if "Vera Ito" in row["html"]} == {1, 2}


class TestOverHttp:
    def url(self, contact):
        return f"/w/acme/contacts/{contact.pk}/merge/"

    def test_choose_look_and_confirm(self, acme, two, sign_in):
        stays, leaves = (visitor.contact for visitor in two)
        for contact in (stays, leaves):
            edit_contact(contact, email="vera@x.example", by=acme.bob)
        edit_contact(leaves, company="Ito", by=acme.bob)
        client, url = sign_in(acme.bob), self.url(stays)
        page = client.get(url)
        assert list(page.context["candidates"]) == [leaves]
        page = client.get(f"{url}?with={leaves.pk}")
        text = " ".join(page.content.decode().split())
        assert "Conversation #1 is resolved" in text
        assert "This can't be undone." in text
        form = {"with": leaves.pk, "keep": stays.pk}
        form["version"] = page.context["preview"].version
        edit_contact(leaves, company="Ito & Co", by=acme.bea)
        page = client.post(url, form)
        assert page.status_code == 409
        assert Contact.objects.filter(pk=leaves.pk).exists()
        form["version"] = page.context["preview"].version
        assert client.post(url, form).status_code == 302
        assert Contact.objects.get().company == "Ito & Co"
        former = client.get(f"/w/acme/contacts/{leaves.pk}/")
        assert former["Location"] == f"/w/acme/contacts/{stays.pk}/"
        client.post(f"/w/acme/contacts/{leaves.pk}/details/", {"phone": "12345"})
        assert Contact.objects.get().phone == "12345"

    def test_the_other_one_can_stay(self, acme, two, sign_in):
        stays, leaves = two[1].contact, two[0].contact
        url = self.url(leaves)
        query = f"?with={stays.pk}&keep={stays.pk}"
        version = sign_in(acme.bob).get(url + query).context["preview"].version
        form = {"with": stays.pk, "keep": stays.pk, "version": version}
        sign_in(acme.bob).post(url, form)
        assert Contact.objects.get() == stays

    def test_only_contacts_one_may_see_and_edit(self, acme, globex, two, sign_in):
        stranger = Contact.objects.create(workspace=globex.workspace)
        url, mine = self.url(two[0].contact), sign_in(acme.bob)
        for other in (stranger, two[0].contact):
            form = {"with": other.pk, "version": "x"}
            assert "candidates" in mine.post(url, form).context
        assert sign_in(globex.charlie).post(url).status_code == 404
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.EDIT_CONTACTS)
        Conversation.objects.filter(number=2).update(assignee=acme.bea)
        assert "candidates" in mine.post(url, {"with": two[1].contact.pk}).context
        acme.bob.role.permissions = [Permission.ANSWER, Permission.SEE_ALL]
        acme.bob.role.save()
        assert mine.get(url).status_code == 403
        assert Contact.objects.filter(workspace=acme.workspace).count() == 2


@COMMITS
class TestRaces:
    def test_two_merges_at_once(self, acme):
        contacts = [Vera(acme.inbox).writes(str(n)).conversation.contact for n in range(3)]
        pairs = [(0, 1), (1, 2), (2, 0), (1, 0)]

        def act(number):
            stays, leaves = (contacts[index] for index in pairs[number])
            try:
                merge_contacts(stays, leaves, by=acme.alice)
            except Contact.DoesNotExist:
                return False
            return True

        done = in_parallel(len(pairs), act)
        assert 0 < sum(done) <= 2
        left = Contact.objects.all()
        assert left.count() == 3 - sum(done)
        assert Message.objects.filter(kind="contact").count() == 3
        assert Visitor.objects.filter(contact__in=left).count() == 3
        assert FormerContact.objects.filter(contact__in=left).count() == sum(done)

    @pytest.mark.parametrize("round", range(3))
    def test_messages_and_edits_in_between_are_kept(self, acme, two, round):
        stays, leaves = two[0].contact, two[1].contact
        older, newer = Conversation.objects.order_by("number")
        actions = [
            lambda: merge_contacts(stays, leaves, by=acme.alice),
            lambda: two[0].writes("Now 0"),
            lambda: two[1].writes("Now 1"),
            lambda: two[1].posts("Now 2"),
            lambda: edit_contact(leaves, phone="12345", by=acme.bob),
            lambda: add_contact_note(leaves, body="Pays late", by=acme.bob),
            lambda: post_reply(newer, body="Hello", client_id=uuid4(), by=acme.bea),
            lambda: post_note(older, body="Psst", client_id=uuid4(), by=acme.bea),
            lambda: two[1].call("email/", {"email": "v@x.example"}),
            lambda: set_owner(leaves, owner=acme.bea, by=acme.bob),
        ]
        in_parallel(len(actions), lambda number: actions[number]())
        contact = Contact.objects.get()
        assert (contact.phone, contact.owner) == ("12345", acme.bea)
        assert contact.email == "v@x.example"
        assert contact.notes.count() == 1
        bodies = set(Message.objects.exclude(body="").values_list("body", flat=True))
        assert bodies == {"From 0", "From 1", "Now 0", "Now 1", "Now 2", "Hello", "Psst"}
        assert Conversation.objects.unresolved().count() == 1
        for conversation in Conversation.objects.all():
            assert conversation.contact_id == contact.pk
            assert list(
                conversation.messages.order_by("seq").values_list("seq", flat=True)
            ) == list(range(1, conversation.last_seq + 1))

    @pytest.mark.parametrize("round", range(2))
    def test_files_sent_meanwhile_stay_with_their_messages(self, acme, two, round):
        older, newer = Conversation.objects.order_by("number")

        def upload(**uploader):
            file = io.BytesIO(b"content")
            return receive_file(acme.workspace, file=file, name="a.txt", size=7, **uploader).pk

        def visitor_sends(visitor):
            file = upload(token_hash=hash_token(visitor.token))
            return visitor.writes("", files=[file])

        def agent_sends(conversation):
            file = upload(member=acme.bea)
            return post_reply(conversation, body="", client_id=uuid4(), by=acme.bea, files=[file])

        actions = [
            lambda: merge_contacts(two[0].contact, two[1].contact, by=acme.alice),
            *(lambda visitor=visitor: visitor_sends(visitor) for visitor in two),
            *(lambda each=each: agent_sends(each) for each in (older, newer)),
        ]
        in_parallel(len(actions), lambda number: actions[number]())
        files = Attachment.objects.all()
        assert files.count() == 4
        for file in files:
            message = Message.objects.get(conversation=file.conversation_id, seq=file.seq)
            assert [each["id"] for each in message.files] == [str(file.pk)]
            conversation = message.conversation
            assert conversation.contact_id == two[0].contact.pk
            assert Attachment.objects.visible_to_contact([conversation]).filter(pk=file.pk).exists()

    def test_an_outdated_preview_merges_nothing(self, acme, two):
        stays, leaves = two[0].contact, two[1].contact
        version = preview_merge(stays, leaves).version
        resolve_conversation(Conversation.objects.get(number=1), by=acme.bob)
        with pytest.raises(PreviewOutdated):
            merge_contacts(stays, leaves, by=acme.alice, version=version)
        assert Contact.objects.count() == 2
