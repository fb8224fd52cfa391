"""Labels of contacts: of one, of many, in the list and after a merge."""

import pytest

from inbox.actions.contact_label import MOST_OF_A_CONTACT, label_contact
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.label import TooManyLabels, delete_label, save_label
from inbox.models import Contact, Label
from teams.permissions import Permission
from tests.conftest import COMMITS, Vera, in_parallel
from tests.inbox.test_contacts import set_permissions


@pytest.fixture
def contact(vera):
    return vera.writes().conversation.contact


@pytest.fixture
def label(acme):
    return lambda name: save_label(acme.workspace, name=name, colour=8, by=acme.alice)


def names(contact):
    return [each.name for each in Contact.objects.get(pk=contact.pk).labels]


def test_labels_are_added_once_and_removed(acme, contact, label):
    vip, beta = label("VIP"), label("Beta")
    assert label_contact(contact, add=[vip, beta])
    assert not label_contact(contact, add=[vip])
    assert names(contact) == ["Beta", "VIP"]
    assert label_contact(contact, remove=[vip])
    assert names(contact) == ["Beta"]


def test_a_contact_has_at_most_twenty(acme, contact, label):
    labels = [label(f"L{number:02}") for number in range(MOST_OF_A_CONTACT)]
    label_contact(contact, add=labels)
    with pytest.raises(TooManyLabels):
        label_contact(contact, add=[label("One more")])
    label_contact(contact, remove=labels[:1])
    assert len(names(contact)) == MOST_OF_A_CONTACT - 1


def test_a_deleted_label_shows_nothing_and_is_not_added(acme, contact, label):
    vip, beta = label("VIP"), label("Beta")
    label_contact(contact, add=[vip])
    delete_label(vip, by=acme.alice)
    assert names(contact) == []
    assert label_contact(contact, add=[vip, beta])
    assert names(contact) == ["Beta"]


def test_open_pages_show_them(acme, contact, label, live_events):
    with live_events.committed():
        label_contact(contact, add=[label("VIP")])
    channel = contact.conversations.get().live_channel
    shown = [data["html"] for name, data in live_events.on(channel) if name == "replace"]
    assert any("VIP" in html for html in shown)


def test_a_merge_keeps_the_labels_of_both(acme, label):
    stays, leaves = (Vera(acme.inbox).writes().conversation.contact for _ in range(2))
    vip, beta = label("VIP"), label("Beta")
    label_contact(stays, add=[vip])
    label_contact(leaves, add=[vip, beta])
    merge_contacts(stays, leaves, by=acme.alice)
    assert names(stays) == ["Beta", "VIP"]


class TestOverHttp:
    def test_an_agent_labels_a_contact(self, acme, contact, label, sign_in):
        url, client = f"/w/acme/contacts/{contact.pk}/labels/", sign_in(acme.bob)
        client.post(url, {"name": "vip"})
        client.post(url, {"name": "VIP", "add": label("Beta").pk})
        assert names(contact) == ["Beta", "vip"]
        assert "vip" in client.get(f"/w/acme/contacts/{contact.pk}/").content.decode()
        client.post(url, {"remove": Label.objects.get(name="vip").pk})
        assert names(contact) == ["Beta"]
        assert client.post(url, {"add": "x"}).status_code == 302
        assert names(contact) == ["Beta"]

    def test_a_label_of_another_workspace_is_refused(self, acme, globex, contact, sign_in):
        foreign = save_label(globex.workspace, name="Theirs", colour=1, by=globex.charlie)
        sign_in(acme.bob).post(f"/w/acme/contacts/{contact.pk}/labels/", {"add": foreign.pk})
        assert Contact.objects.get().label_ids == []

    def test_the_list_shows_them_and_is_filtered_by_one(self, acme, contact, label, sign_in):
        other = Vera(acme.inbox).writes().conversation.contact
        vip = label("VIP")
        label_contact(contact, add=[vip])
        page = sign_in(acme.bob).get(f"/w/acme/contacts/?label={vip.pk}")
        assert page.context["contacts"] == [contact]
        assert 'class="chip label"' in page.content.decode()
        assert len(sign_in(acme.bob).get("/w/acme/contacts/").context["contacts"]) == 2
        assert other.labels == []

    def test_a_label_is_counted_in_the_settings(self, acme, globex, contact, label, sign_in):
        vip = label("VIP")
        label_contact(contact, add=[vip])
        Contact.objects.create(workspace=globex.workspace, label_ids=[vip.pk])
        page = sign_in(acme.alice).get("/w/acme/settings/labels/").content.decode()
        assert "· 1 contact" in " ".join(page.split())

    def test_without_the_permission_they_are_only_shown(self, acme, contact, label, sign_in):
        label_contact(contact, add=[label("VIP")])
        set_permissions(acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL)
        page = sign_in(acme.bob).get(f"/w/acme/contacts/{contact.pk}/").content.decode()
        assert "VIP" in page
        assert "Add label" not in page


@COMMITS
def test_agents_who_label_at_once_keep_both_labels(acme, vera, label):
    contact = vera.writes().conversation.contact
    labels = [label(f"L{number}") for number in range(6)]
    in_parallel(len(labels), lambda number: label_contact(contact, add=[labels[number]]))
    assert names(contact) == [each.name for each in labels]
