"""What visitors are asked before their first message."""

from uuid import uuid4

import pytest

from inbox.actions.contact_attribute import delete_attribute, save_attribute
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.inbox import create_inbox
from inbox.models import Contact, Conversation, Inbox, Message, Visitor
from messagehub.lib.tokens import hash_token
from tests.conftest import Vera

CONSENT = "I agree that my data is used."


@pytest.fixture
def size(acme):
    """Define an attribute with choices."""
    return save_attribute(
        acme.workspace, name="Size", kind="choice", choices=["S", "L"], by=acme.alice
    )


@pytest.fixture
def asks(acme, size):
    """Have the inbox ask for an email address, a phone number and a size, and for consent."""
    fields = {"email": True, "phone": False, size.key: True}
    Inbox.objects.filter(pk=acme.inbox.pk).update(prechat_fields=fields, consent_text=CONSENT)
    return {
        "prechat-email": " Vera@Example.com ",
        "prechat-phone": "",
        f"prechat-{size.key}": "l",
        "prechat-consent": True,
    }


def send(vera, answers=None, **more):
    return vera.call(
        "messages/", {"body": "Hello", "client_id": str(uuid4()), "prechat": answers, **more}
    )


def contact_of(visitor):
    return Visitor.objects.get(token_hash=hash_token(visitor.token)).contact


def form_html(vera):
    return vera.call("messages/?after=0").json()["prechat_html"]


def test_the_first_message_brings_the_answers(acme, size, asks, vera):
    assert 'name="prechat-email"' in form_html(vera)
    assert send(vera, asks).status_code == 201
    contact = Contact.objects.get()
    assert (contact.email, contact.phone) == ("vera@example.com", "")
    assert contact.attributes == {size.key: "L"}
    assert contact.sources == {"email": "claimed", size.key: "claimed"}
    assert contact.consented_at
    entry = Message.objects.get(activity="consent_given")
    assert entry.details["text"] == CONSENT
    assert entry.text == f"vera@example.com agreed: “{CONSENT}”"
    assert form_html(vera) == ""


def test_the_number_zero_is_an_answer(acme, vera):
    seats = save_attribute(acme.workspace, name="Seats", kind="number", choices=[], by=acme.alice)
    Inbox.objects.filter(pk=acme.inbox.pk).update(prechat_fields={seats.key: True})
    assert send(vera, {f"prechat-{seats.key}": "0"}).status_code == 201
    assert Contact.objects.get().attributes == {seats.key: "0"}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        [],
        "text",
        {"prechat-email": ""},
        {"prechat-email": "vera"},
        {"prechat-consent": False},
        {"prechat-phone": "call me"},
        {"prechat-email": {"a": "b"}},
    ],
)
def test_without_the_required_answers_nothing_is_stored(acme, asks, vera, wrong):
    answers = asks | wrong if isinstance(wrong, dict) and wrong else wrong
    response = send(vera, answers)
    assert response.status_code in (400, 422)
    assert response.json()["error"]
    assert not Conversation.objects.exists()
    assert not Contact.objects.exists()


def test_the_answers_are_checked_before_the_message_is_sent(acme, size, asks, vera):
    def check(**answers):
        return vera.call("prechat/", asks | answers).json()["errors"]

    assert check() == {}
    wrong = {"prechat-email": "vera", f"prechat-{size.key}": "M", "prechat-consent": False}
    assert check(**wrong).keys() == wrong.keys()
    assert "Enter a valid email address." in check(**wrong).values()
    assert not Contact.objects.exists()


def test_a_retry_and_later_messages_need_no_answers(acme, asks, vera):
    client_id = str(uuid4())
    assert send(vera, asks, client_id=client_id).status_code == 201
    assert send(vera, None, client_id=client_id).status_code == 200
    assert send(vera, asks | {"prechat-email": "other@example.com"}).status_code == 201
    assert Contact.objects.get().email == "vera@example.com"
    assert vera.call("prechat/", {}).json() == {"errors": {}}


def test_someone_who_has_written_before_is_not_asked(acme, vera, asks):
    vera.writes("Hello")
    assert form_html(vera) == ""
    assert send(vera, None).status_code == 201


def test_what_is_known_is_neither_asked_nor_overwritten(acme, asks, vera):
    vera.writes("Hello")
    Contact.objects.update(email="known@example.com")
    Conversation.objects.all().delete()
    html = form_html(vera)
    assert "prechat-email" not in html
    assert "prechat-phone" in html
    assert send(vera, asks).status_code == 201
    assert Contact.objects.get().email == "known@example.com"


def test_consent_in_a_different_inbox_does_not_count_in_this_one(acme, asks, vera):
    inbox = create_inbox(acme.workspace, name="Orders", by=acme.alice)
    Inbox.objects.filter(pk=inbox.pk).update(consent_text="I agree to the shop's terms.")
    buyer = Vera(inbox)
    assert send(buyer, {"prechat-consent": True}).status_code == 201
    vera.writes("Hello")
    person = merge_contacts(contact_of(buyer), contact_of(vera), by=acme.alice)
    Conversation.objects.filter(inbox=acme.inbox).delete()
    assert person.consented_at
    assert "prechat-consent" in form_html(vera)
    assert send(vera, asks | {"prechat-consent": False}).status_code == 422
    assert send(vera, asks).status_code == 201
    agreed = Message.objects.filter(activity="consent_given").order_by("pk")
    assert [each.details["text"] for each in agreed] == ["I agree to the shop's terms.", CONSENT]


def test_a_deleted_attribute_is_no_longer_asked_for(acme, size, asks, vera):
    delete_attribute(size, by=acme.alice)
    assert size.key not in form_html(vera)
    assert send(vera, asks).status_code == 201
    assert Contact.objects.get().attributes == {}


def test_an_inbox_that_asks_nothing_ignores_answers(acme, vera):
    assert send(vera, {"prechat-email": "vera@example.com"}).status_code == 201
    assert Contact.objects.get().email == ""


def test_the_form_is_escaped_and_its_link_opens_elsewhere(acme, asks, vera):
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        consent_text="<b>Yes</b>", consent_url="https://a.example/?a=1&b=2", consent_link_text="<i>"
    )
    html = form_html(vera)
    assert "&lt;b&gt;Yes&lt;/b&gt;" in html
    assert 'href="https://a.example/?a=1&amp;b=2"' in html
    assert 'rel="noopener noreferrer"' in html
    assert "<i>" not in html


@pytest.mark.parametrize("answers", ["[" * 100_000, "9" * 5000, "NaN", '{"a": 1}', [1], 5])
def test_answers_of_no_kind_are_none(asks, vera, answers):
    assert send(vera, answers).status_code == 422
    Inbox.objects.update(prechat_fields={}, consent_text="")
    assert send(vera, answers).status_code == 201
