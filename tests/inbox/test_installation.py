"""The installation page: where the line works, and what to do next."""

import pytest


@pytest.fixture
def page(acme, sign_in):
    url = f"/w/acme/inboxes/{acme.inbox.pk}/installation/"
    return lambda: sign_in(acme.alice).get(url).text


@pytest.mark.parametrize("site", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_a_local_address_is_warned_about(page, settings, site):
    settings.SITE_URL = site
    text = page()
    assert f"because it points to {site}" in text
    assert "SITE_URL=https://chat.example.com" in text
    assert "docs/running.md" in text


def test_a_public_address_gets_no_warning(page, settings):
    settings.SITE_URL = "https://chat.example.com"
    assert "This snippet works only on this computer" not in page()


def test_an_empty_list_of_websites_is_explained(acme, page):
    assert "No websites are listed, so any website can show this chat." in page()
    acme.inbox.first_site = "https://shop.example"
    acme.inbox.save()
    assert "link back only to https://shop.example" in page()
    acme.inbox.allowed_sites = ["https://shop.example"]
    acme.inbox.save()
    assert "No websites are listed" not in page()
