"""A form sent after the session ended changes nothing and keeps the input."""

import re

import pytest
from django.test import Client

HTML = {"headers": {"accept": "text/html,application/xhtml+xml"}}
URL = "/w/acme/inboxes/{}/routing/"


@pytest.fixture
def sends(acme):
    def send(fields, path=None, **options):
        return Client().post(path or URL.format(acme.inbox.pk), fields, **options)

    return send


def test_page_keeps_the_submitted_fields(sends):
    fields = {"leads": "assign", "targets": ["user-1", "user-2"], "words": "\n<b>Hi</b>\nyou"}
    answer = sends(fields, **HTML)
    assert answer.status_code == 401
    kept = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', answer.text, re.S)
    assert sorted(kept) == [
        ("leads", "assign"),
        ("targets", "user-1"),
        ("targets", "user-2"),
        ("words", "\n&lt;b&gt;Hi&lt;/b&gt;\nyou"),
    ]
    assert f'action="{answer.wsgi_request.path}"' in answer.text


def test_page_contains_no_password(sends):
    answer = sends({"name": "Bob", "password1": "secret-1", "old_password": "secret-2"}, **HTML)
    assert "Bob" in answer.text
    assert "secret" not in answer.text


def test_page_does_not_reveal_whether_a_workspace_exists(acme, sends):
    known = sends({"a": "b"}, **HTML)
    unknown = sends({"a": "b"}, "/w/unknown/my/hours/", **HTML)
    assert (known.status_code, unknown.status_code) == (401, 401)


def test_scripts_get_401_and_nothing_more(sends):
    answer = sends({"tab": "tab-1111"})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/w/acme/conversations/7/?view=all", "conversations/7/%3Fview%3Dall"),
        ("https://evil.example/w/acme/conversations/7/", ""),
    ],
)
def test_signing_in_returns_to_the_requesting_page(sends, page, back):
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = sends({"body": "Hello"}, "/w/acme/conversations/7/replies/", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/accounts/login/?next=/w/acme/{back}"
