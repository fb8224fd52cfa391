"""Settings > Inboxes > Pre-chat form."""

import pytest

from inbox.actions.contact_attribute import save_attribute
from inbox.models import Inbox
from teams.models import AuditEntry


@pytest.fixture
def order_number(acme):
    return save_attribute(
        acme.workspace, name="Order number", kind="text", choices=[], by=acme.alice
    )


@pytest.fixture
def settings_page(acme, sign_in):
    client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/pre-chat/"
    return lambda data=None: client.get(url) if data is None else client.post(url, data)


def stored(acme):
    return Inbox.objects.get(pk=acme.inbox.pk)


def test_what_is_asked_is_stored_and_audited(acme, order_number, settings_page):
    assert "Order number" in settings_page().text
    data = {
        "ask-email": "required",
        "ask-phone": "",
        f"ask-{order_number.key}": "optional",
        "consent_text": "I agree.",
        "consent_link_text": "Privacy policy",
        "consent_url": "shop.example/privacy",
    }
    assert settings_page(data).status_code == 302
    inbox = stored(acme)
    assert inbox.prechat_fields == {"email": True, order_number.key: False}
    assert inbox.consent_url == "https://shop.example/privacy"
    changes = {
        name: after
        for name, _before, after in AuditEntry.objects.get(action="inbox.updated").changes
    }
    assert changes["prechat_fields"] == ["Email: required", "Order number: optional"]
    assert changes["consent_text"] == "I agree."
    assert settings_page({}).status_code == 302
    assert not stored(acme).has_prechat_form


@pytest.mark.parametrize(
    "wrong",
    [
        {"ask-email": "always"},
        {"consent_link_text": "Privacy", "consent_text": "I agree."},
        {"consent_url": "https://shop.example", "consent_text": "I agree."},
        {"consent_url": "https://shop.example", "consent_link_text": "Privacy"},
        {"consent_url": "javascript:alert(1)", "consent_link_text": "x", "consent_text": "x"},
        {"consent_url": "ftp://a.example", "consent_link_text": "x", "consent_text": "x"},
        {"consent_text": "x" * 301},
    ],
)
def test_an_invalid_value_is_refused_at_its_field(acme, settings_page, wrong):
    response = settings_page({"ask-name": "required"} | wrong)
    assert response.status_code == 400
    assert "errorlist" in response.text
    assert not stored(acme).has_prechat_form


def test_attributes_of_another_workspace_cannot_be_asked_for(acme, globex, settings_page):
    foreign = save_attribute(
        globex.workspace, name="Secret", kind="text", choices=[], by=globex.charlie
    )
    assert settings_page({f"ask-{foreign.key}": "required"}).status_code == 302
    assert stored(acme).prechat_fields == {}
