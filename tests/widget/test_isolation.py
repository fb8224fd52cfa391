"""Headers that a website with Cross-Origin-Embedder-Policy requires of embedded files."""

import pytest
from django.test import Client
from django.urls import reverse

POLICY = "Cross-Origin-Resource-Policy"


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("name", ["widget-loader", "widget-frame"])
def test_the_loader_and_the_frame_may_be_embedded(name, method, acme, client):
    response = getattr(client, method)(reverse(name, args=[acme.inbox.key]))
    assert response.headers[POLICY] == "cross-origin"


def test_a_cached_loader_may_be_embedded_too(acme, client):
    url = reverse("widget-loader", args=[acme.inbox.key])
    response = client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]})
    assert response.status_code == 304
    assert response.headers[POLICY] == "cross-origin"


def test_the_frame_isolates_itself_too(acme, client):
    frame = client.get(reverse("widget-frame", args=[acme.inbox.key]))
    assert frame.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize("path", ["widget/frame.css", "widget/frame.js"])
def test_files_of_the_frame_may_be_embedded(path):
    assert Client().get(f"/static/{path}").headers[POLICY] == "cross-origin"


def test_other_pages_may_not_be_embedded(client, db):
    assert POLICY not in client.get("/accounts/login/").headers
