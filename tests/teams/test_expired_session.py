"""A form that is sent after the session ended: nothing is done, and nothing typed is lost."""

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


def test_the_page_keeps_what_was_sent(sends):
    fields = {"leads": "turn", "targets": ["user-1", "user-2"], "words": "\n<b>Hi</b>\nyou"}
    answer = sends(fields, **HTML)
    assert answer.status_code == 401
    kept = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', answer.text, re.S)
    assert sorted(kept) == [
        ("leads", "turn"),
        ("targets", "user-1"),
        ("targets", "user-2"),
        ("words", "\n&lt;b&gt;Hi&lt;/b&gt;\nyou"),
    ]
    assert f'action="{answer.wsgi_request.path}"' in answer.text


def test_no_password_stands_in_a_page(sends):
    answer = sends({"name": "Bob", "password1": "secret-1", "old_password": "secret-2"}, **HTML)
    assert "Bob" in answer.text
    assert "secret" not in answer.text


def test_of_a_workspace_nothing_is_said_about_whether_it_exists(acme, sends):
    known = sends({"a": "b"}, **HTML)
    unknown = sends({"a": "b"}, "/w/nobody/my/hours/", **HTML)
    assert (known.status_code, unknown.status_code) == (401, 401)


def test_a_script_is_told_so_and_nothing_more(sends):
    answer = sends({"tab": "tab-1111"})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/w/acme/conversations/7/?view=all", "conversations/7/%3Fview%3Dall"),
        ("https://evil.example/w/acme/conversations/7/", ""),
    ],
)
def test_signing_in_leads_back_to_the_page_that_asked(sends, page, back):
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = sends({"body": "Hello"}, "/w/acme/conversations/7/replies/", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/accounts/login/?next=/w/acme/{back}"
