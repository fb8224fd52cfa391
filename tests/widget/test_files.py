"""Files of visitors: sent with the token, and shown only to whose conversation it is."""

import io
import json
from uuid import uuid4

import pytest
from django.test import Client

from accounts.limits import Limit
from inbox import upload_limits
from inbox.actions.attachment import receive_file
from inbox.actions.message import post_note, post_reply
from inbox.actions.visitor import revoke_visitor
from inbox.models import Attachment, Message, Visitor
from inbox.upload_limits import DAY
from routing.emails.unanswered import render_unanswered  # noqa: F401 (registers the kind)
from tests.inbox.test_files import picture

pytestmark = pytest.mark.django_db


def upload(visitor, content=b"content", name="notes.txt"):
    return Client().post(
        f"/widget/{visitor.inbox.key}/files/?name={name}",
        content,
        content_type="application/octet-stream",
        headers={"Authorization": f"Visitor {visitor.token}"},
    )


def upload_id(visitor, *about):
    answer = upload(visitor, *about)
    assert answer.status_code == 201
    return answer.json()["id"]


def file_by(member, conversation, post, content=b"content"):
    file = io.BytesIO(content)
    stored = receive_file(
        conversation.workspace, file=file, name="reply.txt", size=len(content), member=member
    )
    post(conversation, body="", client_id=uuid4(), by=member, files=[stored.pk])
    return stored.pk


def test_a_first_message_may_be_a_photo(acme, vera, live_events):
    file = upload_id(vera, picture(), "beach.png")
    answer = vera.posts("", files=[file])
    assert answer.status_code == 201
    assert f'data-file="{file}"' in answer.json()["html"]
    message = Message.objects.get(kind="contact")
    assert message.files[0]["name"] == "beach.png"
    assert message.conversation.preview == "Photo"
    stored = Attachment.objects.get()
    assert (stored.conversation, stored.seq) == (message.conversation, message.seq)
    for path, content_type in [("", "image/png"), ("preview/", "image/webp")]:
        shown = vera.call(f"files/{file}/{path}")
        assert shown.status_code == 200
        assert shown["Content-Type"] == content_type


def test_the_visitor_sees_files_of_replies_but_not_of_notes(acme, vera):
    conversation = vera.writes().conversation
    reply = file_by(acme.bob, conversation, post_reply)
    note = file_by(acme.bob, conversation, post_note)
    assert vera.call(f"files/{reply}/").status_code == 200
    assert vera.call(f"files/{note}/").status_code == 404
    html = vera.call("messages/").json()["html"]
    assert str(reply) in html
    assert str(note) not in html


def test_another_visitor_gets_and_sends_nothing_of_it(acme, globex, vera, new_visitor):
    file = upload_id(vera)
    for other in (new_visitor(acme.inbox), new_visitor(globex.inbox)):
        other.writes("Hello")
        assert other.posts("Mine", files=[file]).status_code == 400
    vera.posts("Mine", files=[file])
    for other in (new_visitor(acme.inbox), new_visitor(globex.inbox)):
        assert other.call(f"files/{file}/").status_code == 404
        other.writes("Hello")
        assert other.call(f"files/{file}/").status_code == 404
    url = f"/widget/{acme.inbox.key}/files/{file}/"
    assert Client().get(url).status_code == 401  # the address alone opens nothing


def test_a_retry_doubles_nothing_and_other_files_are_a_conflict(vera):
    file, client_id = upload_id(vera), uuid4()
    answers = [vera.posts("Look", client_id, files=[file]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["html"] == answers[1].json()["html"]
    assert vera.posts("Look", client_id).status_code == 409
    assert vera.posts("Look", client_id, files=[upload_id(vera)]).status_code == 409
    assert Message.objects.count() == 1 + Message.objects.filter(kind="activity").count()


def test_a_message_whose_file_is_gone_is_not_stored(vera):
    file = upload_id(vera)
    Attachment.objects.all().delete()
    answer = vera.posts("Look", files=[file])
    assert answer.status_code == 400
    assert "no longer available" in answer.json()["error"]
    assert not Visitor.objects.exists()


def test_a_revoked_visitor_neither_uploads_nor_sends(vera):
    vera.writes()
    file = upload_id(vera)
    revoke_visitor(Visitor.objects.get(), at="2026-01-01T00:00Z")
    assert upload(vera).status_code == 401
    assert vera.posts("Look", files=[file]).status_code == 401
    assert vera.call(f"files/{file}/").status_code == 401


def test_an_inbox_may_refuse_files(acme, vera):
    conversation = vera.writes().conversation
    reply = file_by(acme.bob, conversation, post_reply)
    acme.inbox.accepts_files = False
    acme.inbox.save()
    assert "can't send files" in upload(vera).json()["error"]
    assert vera.call(f"files/{reply}/").status_code == 200
    frame = f"/widget/{acme.inbox.key}/frame/"
    assert 'type="file"' not in Client().get(frame).text
    acme.inbox.accepts_files = True
    acme.inbox.save()
    assert 'type="file"' in Client().get(frame).text


def test_uploads_are_limited_by_visitor_then_address(acme, vera, new_visitor, monkeypatch):
    monkeypatch.setattr(upload_limits, "BY_VISITOR", Limit("uploads by visitor", 2, DAY))
    monkeypatch.setattr(upload_limits, "BY_ADDRESS", Limit("uploads by address", 3, DAY))
    assert [upload(vera).status_code for _ in range(3)] == [201, 201, 429]
    other = new_visitor(acme.inbox)
    assert [upload(other).status_code for _ in range(2)] == [201, 429]


def test_what_the_chat_needs_for_files_is_asked_for_when_used(vera):
    answer = vera.call("files/")
    assert answer.status_code == 200
    assert "<template" in answer.json()["html"]
    assert json.dumps(answer.json())
