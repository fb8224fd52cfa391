"""The installation page: where the line works, and what to do next."""

import pytest
from django.utils import timezone

from inbox.models import Embedding, Inbox
from widget.embeddings import noted


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


def load_script(client, inbox, page):
    response = client.get(f"/widget/{inbox.key}.js", headers={"Referer": page})
    assert response.status_code == 200


def test_the_page_says_where_the_script_was_seen(acme, page, client):
    assert "Not seen on any website yet." in page()
    load_script(client, acme.inbox, "https://shop.example/cart?secret=1")
    load_script(client, acme.inbox, "https://old.example/")
    text = page()
    assert "https://shop.example</b>" in text
    assert "secret" not in text
    acme.inbox.allowed_sites = ["https://shop.example", "https://*.shop.example"]
    acme.inbox.save()
    load_script(client, acme.inbox, "https://www.shop.example/")
    text = page()
    assert text.count("on the list below") == 1
    assert text.count("Last loaded on") == 3


def test_only_origins_are_noted_and_only_so_many(acme, globex, client):
    for referer in ("", "about:blank", "file:///home/a.html", "javascript:alert(1)", "https://[x"):
        load_script(client, acme.inbox, referer)
    assert not Embedding.objects.exists()
    for number in range(30):
        load_script(client, acme.inbox, f"https://made-up-{number}.example/")
    assert Embedding.objects.filter(inbox=acme.inbox).count() == 20
    assert not Embedding.objects.filter(inbox=globex.inbox).exists()


def test_many_page_views_write_once_in_ten_minutes(acme, client, django_assert_num_queries):
    load_script(client, acme.inbox, "https://shop.example/")
    before = Embedding.objects.get().last_seen_at
    with django_assert_num_queries(2):  # the inbox and its greetings
        load_script(client, acme.inbox, "https://shop.example/other")
    assert Embedding.objects.get().last_seen_at == before
    noted.clear()  # ten minutes later, or in another process
    load_script(client, acme.inbox, "https://shop.example/")
    assert Embedding.objects.get().last_seen_at > before


def test_the_empty_desk_offers_the_snippet_until_a_chat_can_arrive(acme, vera, sign_in):
    def offers(membership):
        page = sign_in(membership).get("/w/acme/conversations/")
        return page.text.count('href="/w/acme/welcome/"')

    assert offers(acme.alice) == 2  # beside the list, and in it for phones, which show no more
    assert offers(acme.bob) == 0  # can't change inboxes
    vera.writes()
    assert offers(acme.alice) == 0


def test_the_empty_desk_offers_no_snippet_that_a_website_has(acme, sign_in):
    Inbox.objects.filter(pk=acme.inbox.pk).update(first_embedded_at=timezone.now())
    assert "/w/acme/welcome/" not in sign_in(acme.alice).get("/w/acme/conversations/").text
