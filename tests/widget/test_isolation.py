"""What a website with Cross-Origin-Embedder-Policy asks of what it embeds."""

import pytest
from django.test import Client
from django.urls import reverse

POLICY = "Cross-Origin-Resource-Policy"


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("name", ["widget-loader", "widget-frame"])
def test_the_loader_and_the_frame_may_be_embedded(name, method, acme, client):
    answer = getattr(client, method)(reverse(name, args=[acme.inbox.key]))
    assert answer.headers[POLICY] == "cross-origin"


def test_also_when_the_browser_has_the_loader_already(acme, client):
    url = reverse("widget-loader", args=[acme.inbox.key])
    answer = client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]})
    assert answer.status_code == 304
    assert answer.headers[POLICY] == "cross-origin"


def test_the_frame_isolates_itself_too(acme, client):
    frame = client.get(reverse("widget-frame", args=[acme.inbox.key]))
    assert frame.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize("path", ["widget/frame.css", "widget/frame.js"])
def test_so_may_what_the_frame_loads(path):
    assert Client().get(f"/static/{path}").headers[POLICY] == "cross-origin"


def test_no_page_of_ours_may_be_embedded(client, db):
    assert POLICY not in client.get("/accounts/login/").headers
