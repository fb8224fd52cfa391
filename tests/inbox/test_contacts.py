"""Contacts: visibility, editing, owners and the list."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import edit_contact, leave_email, set_owner
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.conversation_list import PAGE_SIZE
from inbox.models import Contact, Conversation, Message
from inbox.receipt import get_receipt
from outbox.models import Delivery
from outbox.retention import RETENTION
from teams.actions.membership import add_member, remove_member, suspend_member
from teams.models import Membership, Role
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, make_user
from tests.routing.engine.test_moments import while_locked


@pytest.fixture
def contact(vera):
    return vera.writes().conversation.contact


def activities(contact):
    messages = Message.objects.filter(conversation__contact=contact, kind="activity")
    return [message.text for message in messages.with_related().order_by("seq")]


def make_contact(acme, **fields):
    contact = Vera(acme.inbox).writes().conversation.contact
    Contact.objects.filter(pk=contact.pk).update(**fields)
    return contact


class TestOwner:
    def test_an_agent_sets_the_owner(self, acme, contact):
        assert set_owner(contact, owner=acme.bob, by=acme.alice)
        assert Contact.objects.get().owner == acme.bob
        assert activities(contact)[-1] == "Alice made Bob this contact's owner."

    def test_setting_the_same_owner_twice_is_noted_once(self, acme, contact):
        set_owner(contact, owner=acme.bob, by=acme.alice)
        assert not set_owner(contact, owner=acme.bob, by=acme.alice)
        assert activities(contact).count("Alice made Bob this contact's owner.") == 1

    def test_owning_it_oneself_and_removing_the_owner_have_their_own_sentences(self, acme, contact):
        set_owner(contact, owner=acme.bob, by=acme.bob)
        set_owner(contact, owner=None, by=acme.alice)
        assert activities(contact)[-2:] == [
            "Bob became this contact's owner.",
            "Alice removed this contact's owner.",
        ]
        assert Contact.objects.get().owner is None

    def test_the_conversation_keeps_its_assignee(self, acme, contact):
        conversation = Conversation.objects.get()
        assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
        set_owner(contact, owner=acme.bob, by=acme.alice)
        assert Conversation.objects.get().assignee == acme.bea

    def test_without_an_open_conversation_nothing_is_noted(self, acme, contact):
        resolve_conversation(Conversation.objects.get(), by=acme.alice)
        before = activities(contact)
        assert set_owner(contact, owner=acme.bob, by=acme.alice)
        assert activities(contact) == before
        assert Contact.objects.get().owner == acme.bob

    def test_a_removed_member_does_not_become_owner(self, acme, contact):
        stale = Membership.objects.get(pk=acme.bob.pk)
        remove_member(acme.bob, by=acme.alice)
        assert not set_owner(contact, owner=stale, by=acme.alice)
        assert Contact.objects.get().owner is None

    def test_a_removed_owner_is_still_named(self, acme, contact):
        set_owner(contact, owner=acme.bob, by=acme.alice)
        assert Contact.objects.get().owner_label == "Bob"
        suspend_member(acme.bob, by=acme.alice)
        assert Contact.objects.get().owner_label == "Bob (suspended)"
        remove_member(acme.bob, by=acme.alice)
        assert Contact.objects.get().owner_label == "Bob (removed)"

    def test_an_owner_who_cannot_answer_is_labelled(self, acme, contact):
        set_owner(contact, owner=acme.bob, by=acme.alice)
        acme.bob.role = Role.objects.create(workspace=acme.workspace, name="Reader")
        acme.bob.save()
        assert Contact.objects.get().owner_label == "Bob (can't answer conversations)"


class TestOwnerOverHttp:
    def url(self, contact):
        return f"/w/acme/contacts/{contact.pk}/owner/"

    def test_a_choice_is_saved(self, acme, contact, sign_in):
        response = sign_in(acme.bea).post(
            self.url(contact), {"owner": acme.bob.pk}, headers={"HX-Request": "true"}
        )
        assert response.status_code == 204
        assert Contact.objects.get().owner == acme.bob
        sign_in(acme.bea).post(self.url(contact), {"owner": ""})
        assert Contact.objects.get().owner is None

    def test_a_member_of_another_workspace_is_an_invalid_choice(
        self, acme, globex, contact, sign_in
    ):
        response = sign_in(acme.alice).post(self.url(contact), {"owner": globex.charlie.pk})
        assert response.status_code == 400
        assert "be an owner" in response.content.decode()
        assert Contact.objects.get().owner is None

    def test_a_member_who_cannot_answer_is_an_invalid_choice(self, acme, contact, sign_in):
        role = Role.objects.create(
            workspace=acme.workspace, name="Reader", permissions=[Permission.SEE_REPORTS]
        )
        rita = add_member(acme.workspace, user=make_user("Rita", "acme"), role=role)
        response = sign_in(acme.alice).post(self.url(contact), {"owner": rita.pk})
        assert response.status_code == 400

    def test_without_the_permission_nothing_is_offered(self, acme, contact, sign_in):
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL)
        page = sign_in(acme.bob).get(f"/w/acme/contacts/{contact.pk}/")
        assert page.status_code == 200
        assert "contact-owner" not in page.content.decode()
        assert 'name="owner"' not in page.content.decode()
        response = sign_in(acme.bob).post(self.url(contact), {"owner": acme.bob.pk})
        assert response.status_code == 403

    def test_the_desk_shows_a_removed_owner(self, acme, contact, sign_in):
        set_owner(contact, owner=acme.bob, by=acme.alice)
        page = sign_in(acme.alice).get("/w/acme/conversations/1/").content.decode()
        assert f'<option value="{acme.bob.pk}" selected>Bob</option>' in " ".join(page.split())
        remove_member(acme.bob, by=acme.alice)
        page = sign_in(acme.alice).get("/w/acme/conversations/1/").content.decode()
        removed = f'<option value="{acme.bob.pk}" selected>Bob (removed)</option>'
        assert removed in " ".join(page.split())


def set_permissions(acme, membership, *permissions):
    membership.role = Role.objects.create(
        workspace=acme.workspace, name="Narrow", permissions=list(permissions)
    )
    membership.save()


class TestEditing:
    def test_a_change_is_stored_and_noted(self, acme, contact):
        assert edit_contact(contact, name="Vera Ito", email="vera@x.example", by=acme.bob)
        assert Contact.objects.get().display_name == "Vera Ito"
        assert activities(contact)[-2:] == [
            "Bob changed this contact's name to Vera Ito.",
            "Bob changed this contact's email address to vera@x.example.",
        ]
        assert not edit_contact(contact, name="Vera Ito", email="vera@x.example", by=acme.bob)
        edit_contact(contact, name="", email="", by=acme.bob)
        assert activities(contact)[-2:] == [
            "Bob removed this contact's name.",
            "Bob removed this contact's email address.",
        ]

    def test_the_page_saves_and_confirms(self, acme, contact, sign_in):
        url = f"/w/acme/contacts/{contact.pk}/"
        form = {"name": "  Vera \n Ito ", "email": " Vera@X.Example "}
        response = sign_in(acme.bob).post(url + "details/", form, follow=True)
        assert "Saved." in response.content.decode()
        assert "Vera Ito" in response.content.decode()
        fresh = Contact.objects.get()
        assert (fresh.name, fresh.email) == ("Vera Ito", "vera@x.example")

    @pytest.mark.parametrize(
        "form",
        [
            {"name": "x" * 81, "email": ""},
            {"name": "", "email": "nonsense"},
            {"name": "", "email": "a@" + "x" * 64 + ".example"},
            {"name": "", "email": "a\n@x.example"},
        ],
    )
    def test_invalid_data_is_refused_with_an_error_and_kept_in_the_form(
        self, acme, contact, sign_in, form
    ):
        url = f"/w/acme/contacts/{contact.pk}/details/"
        response = sign_in(acme.bob).post(url, form)
        assert response.status_code == 400
        assert "errorlist" in response.content.decode()
        fresh = Contact.objects.get()
        assert (fresh.name, fresh.email) == ("", "")

    def test_an_owner_set_meanwhile_is_kept(self, acme, contact):
        stale = Contact.objects.get()
        set_owner(contact, owner=acme.bob, by=acme.alice)
        edit_contact(stale, name="Vera", email="", by=acme.bea)
        assert Contact.objects.get().owner == acme.bob


class TestVisibility:
    def test_the_page_lists_the_conversations_a_member_may_see(self, acme, vera, sign_in):
        vera.writes("First words")
        resolve_conversation(Conversation.objects.get(), by=acme.alice)
        contact = Contact.objects.get()
        page = sign_in(acme.bob).get(f"/w/acme/contacts/{contact.pk}/").content.decode()
        assert "First words" in page
        assert "Unverified: anyone can enter any name or email." in page

    def test_a_member_who_sees_a_conversation_sees_its_contact(self, acme, contact, sign_in):
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.EDIT_CONTACTS)
        client = sign_in(acme.bob)
        url = f"/w/acme/contacts/{contact.pk}/"
        assert client.get(url).status_code == 200
        assign_conversation(Conversation.objects.get(), assignee=acme.bea, by=acme.alice)
        assert client.get(url).status_code == 404
        assert client.post(url + "owner/", {"owner": acme.bob.pk}).status_code == 404
        assert client.post(url + "details/", {"name": "Mine"}).status_code == 404
        assert contact.display_name not in client.get("/w/acme/contacts/").content.decode()

    def test_contacts_of_other_inboxes_are_not_visible(self, acme, contact, sign_in):
        acme.inbox.members.filter(membership=acme.bob).delete()
        assert sign_in(acme.bob).get(f"/w/acme/contacts/{contact.pk}/").status_code == 404

    def test_an_unsubscribed_contact_is_labelled(self, acme, contact, sign_in):
        client = sign_in(acme.bob)
        pages = [f"/w/acme/contacts/{contact.pk}/", "/w/acme/conversations/1/"]
        for page in pages:
            assert "Unsubscribed" not in client.get(page).content.decode()
        Contact.objects.update(unsubscribed_at=contact.created_at)
        for page in pages:
            assert "Unsubscribed" in client.get(page).content.decode()


class TestList:
    def shown(self, acme, sign_in, query=""):
        page = sign_in(acme.alice).get(f"/w/acme/contacts/{query}")
        assert page.status_code == 200
        return [contact.name for contact in page.context["contacts"]]

    def test_an_empty_list_explains_itself(self, acme, sign_in):
        page = sign_in(acme.bob).get("/w/acme/contacts/").content.decode()
        assert "No contacts yet" in page

    def test_search_matches_any_part_of_name_email_phone_or_company(self, acme, sign_in):
        make_contact(acme, name="Vera Ito", email="v.ito@shop.example", company="Müller & Söhne")
        make_contact(acme, name="Élodie", phone="+49 (170) 123-45 67")
        make_contact(acme, name="100% Percy")
        make_contact(acme, name="100 Percy")
        for search, found in {
            "vERA": ["Vera Ito"],
            "ito@sho": ["Vera Ito"],
            "ra it": ["Vera Ito"],
            "ER%26": [],
            "muller": ["Vera Ito"],
            "SOHNE": ["Vera Ito"],
            "lodi": ["Élodie"],
            "170 1234": ["Élodie"],
            "söhne vera": ["Vera Ito"],
            "söhne élodie": [],
            "(170)": ["Élodie"],
            "1701234567": ["Élodie"],
            "12": ["Élodie"],
            "100%25": ["100% Percy"],
            "exampleMuller": [],
            "%00vera": ["Vera Ito"],
            "x" * 999: [],
        }.items():
            assert self.shown(acme, sign_in, f"?search={search}") == found, search

    def test_filter_by_owner(self, acme, sign_in):
        make_contact(acme, name="Bob's", owner=acme.bob)
        make_contact(acme, name="Free")
        assert self.shown(acme, sign_in, f"?owner={acme.bob.pk}") == ["Bob's"]
        assert self.shown(acme, sign_in, "?owner=none") == ["Free"]
        assert self.shown(acme, sign_in, f"?owner={uuid4()}") == []
        assert len(self.shown(acme, sign_in, "?owner=nonsense&before=nonsense")) == 2

    def test_pages_have_no_gaps_or_duplicates(self, acme, sign_in):
        contacts = Contact.objects.bulk_create(
            Contact(workspace=acme.workspace, name=f"V{number:03}")
            for number in range(PAGE_SIZE + 7)
        )
        Conversation.objects.bulk_create(
            Conversation(
                workspace=acme.workspace, inbox=acme.inbox, contact=contact, number=number + 1
            )
            for number, contact in enumerate(contacts)
        )
        client = sign_in(acme.alice)
        first = client.get("/w/acme/contacts/?search=v")
        names = [contact.name for contact in first.context["contacts"]]
        before = first.context["next_before"]
        assert f"?search=v&amp;before={before}" in first.content.decode()
        names += self.shown(acme, sign_in, f"?search=v&before={before}")
        assert names == sorted((contact.name for contact in contacts), reverse=True)

    def test_the_number_of_queries_does_not_grow(
        self, acme, sign_in, django_assert_max_num_queries
    ):
        for number in range(12):
            make_contact(acme, name=f"V{number}", owner=acme.bob)
        client = sign_in(acme.alice)
        with django_assert_max_num_queries(8):
            client.get("/w/acme/contacts/")


class TestLiveEvents:
    @pytest.mark.parametrize("is_resolved", [False, True])
    def test_a_new_owner_is_published_to_the_open_conversation(
        self, acme, vera, live_events, is_resolved
    ):
        conversation = vera.writes().conversation
        if is_resolved:
            resolve_conversation(conversation, by=acme.alice)
        with live_events.committed():
            set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
        [data] = [
            data for name, data in live_events.on(conversation.live_channel) if name == "owner"
        ]
        assert (data["owner"], data["name"]) == (str(acme.bob.pk), "Bob")

    def test_a_new_email_address_is_published(self, acme, vera, live_events):
        conversation = vera.writes().conversation
        with live_events.committed():
            leave_email(acme.inbox, token=vera.token, email="vera@x.example")
        replaced = [
            data for event, data in live_events.on(conversation.live_channel) if event == "replace"
        ]
        panel, name = [each["html"] for each in replaced if each["id"].startswith("contact-")]
        assert "vera@x.example" in panel
        assert f"contact-name-{conversation.contact_id}" in name

    def test_a_receipt_that_is_no_longer_true_is_replaced(self, acme, vera, live_events):
        conversation = vera.writes().conversation
        edit_contact(conversation.contact, email="old@x.example", by=acme.bob)
        post_reply(conversation, body="Hello", client_id=uuid4(), by=acme.bob)
        [reply] = Message.objects.filter(kind="reply")
        Message.objects.filter(pk=reply.pk).update(created_at=reply.created_at - 2 * RETENTION)
        emailed = {"state": "sent", "payload": {"upto": reply.seq}}
        Delivery.objects.filter(kind="reply", recipient="old@x.example").update(**emailed)
        conversation.refresh_from_db()
        assert get_receipt(conversation).state == "emailed"
        with live_events.committed():
            edit_contact(conversation.contact, email="new@x.example", by=acme.bob)
        [receipt] = [
            data["html"]
            for event, data in live_events.on(conversation.live_channel)
            if event == "replace" and data["id"].startswith("receipt-")
        ]
        assert 'data-state=""' in receipt


class TestEmailOfAVisitor:
    def leave(self, acme, vera, email):
        leave_email(acme.inbox, token=vera.token, email=email)
        return Contact.objects.get()

    def texts(self):
        entries = Message.objects.filter(activity="email_left").order_by("seq")
        return [entry.text for entry in entries]

    def test_it_replaces_what_the_team_entered_and_the_timeline_keeps_that(self, acme, vera):
        contact = vera.writes().conversation.contact
        edit_contact(contact, name="Vera", email="team@x.example", by=acme.bob)
        contact = self.leave(acme, vera, "own@x.example")
        assert (contact.email, contact.sources) == ("own@x.example", {"email": "claimed"})
        self.leave(acme, vera, "own@x.example")
        assert self.texts() == [
            "Vera left an email address: own@x.example. It replaces team@x.example."
        ]

    def test_the_first_one_replaces_nothing(self, acme, vera):
        edit_contact(vera.writes().conversation.contact, name="Vera", by=acme.bob)
        self.leave(acme, vera, "own@x.example")
        assert self.texts() == ["Vera left an email address: own@x.example."]

    def test_the_same_address_stays_the_teams(self, acme, vera):
        contact = vera.writes().conversation.contact
        edit_contact(contact, email="own@x.example", by=acme.bob)
        assert self.leave(acme, vera, "own@x.example").sources == {}
        assert self.texts() == []

    @COMMITS
    def test_one_that_is_verified_at_that_moment_is_not_replaced(self, acme, vera):
        conversation = vera.writes().conversation
        proven = {"email": "proven@x.example", "sources": {"email": "verified"}}
        while_locked(
            conversation,
            {"status": "open"},
            lambda: self.leave(acme, vera, "own@x.example"),
            meanwhile=lambda: Contact.objects.update(**proven),
        )
        contact = Contact.objects.get()
        assert {"email": contact.email, "sources": contact.sources} == proven
        assert self.texts() == []
