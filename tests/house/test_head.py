"""Every page answers HEAD like GET, without the body."""

import pytest
from django.urls import reverse

from tests.house.rollback import rolled_back
from tests.house.routes import addresses

OUTSIDE = ["health", "home", "account_login", "account_signup", "choose-workspace", "first-steps"]


def assert_same(client, url):
    with_body, without = client.get(url), client.head(url)
    assert without.status_code == with_body.status_code
    assert without.headers.get("Content-Type") == with_body.headers.get("Content-Type")
    assert without.getvalue() == b""
    return with_body


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_outside_of_workspaces(name, db, client):
    assert assert_same(client, reverse(name)).status_code in (200, 302)


@pytest.mark.parametrize("name", ["widget-loader", "widget-frame"])
def test_pages_that_websites_embed(name, acme, client):
    page = assert_same(client, reverse(name, args=[acme.inbox.key]))
    assert page.status_code == 200
    length = client.head(reverse(name, args=[acme.inbox.key])).headers["Content-Length"]
    assert int(length) == len(page.content)


def test_every_page_of_a_workspace(acme, conversation, sign_in):
    client, pages = sign_in(acme.alice), addresses(acme, conversation)
    assert len(pages) > 50
    for _route, url in pages:
        with rolled_back():
            assert_same(client, url)


def test_a_monitor_does_not_count_as_the_first_website(acme, client):
    client.head(reverse("widget-frame", args=[acme.inbox.key]))
    acme.inbox.refresh_from_db()
    assert acme.inbox.first_embedded_at is None


def test_an_export_is_not_built_for_head(acme, sign_in, django_assert_max_num_queries):
    client = sign_in(acme.alice)
    with django_assert_max_num_queries(3):  # session, user, membership, but no entries
        answer = client.head("/w/acme/team/audit-log.csv")
    assert answer.status_code == 200
