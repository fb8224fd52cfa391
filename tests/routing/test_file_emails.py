"""Emails about messages with files: agents get a link to each, contacts only the names."""

import io
from uuid import uuid4

from inbox.actions.attachment import receive_file
from inbox.actions.message import post_reply
from messagehub.lib.templatetags.mail import plain_name
from messagehub.lib.tokens import hash_token
from routing.emails.pacing import FIRST_DELAY
from tests.routing.chat import MINUTE, mails
from tests.routing.mails import mailed, pass_time
from tests.teams.trust import make_trusted


def upload(workspace, name, **owner):
    return receive_file(workspace, file=io.BytesIO(b"content"), name=name, size=7, **owner).pk


def all_text(message):
    [(html, _type)] = message.alternatives
    return message.body + html


def test_an_agent_gets_a_link_to_each_file(acme, vera, lead_to_bob, settings):
    file = upload(acme.workspace, "broken lamp.pdf", token_hash=hash_token(vera.token))
    vera.writes("", files=[file])
    pass_time(FIRST_DELAY)
    [message] = mailed()
    assert f"> File: {plain_name('broken lamp.pdf')} (7" in message.body
    link = f"{settings.SITE_URL}/w/acme/files/{file}/"
    assert link in message.body
    assert f'href="{link}"' in all_text(message).removeprefix(message.body)


def test_a_contact_gets_the_names_only(chat):
    workspace = chat.acme.workspace
    make_trusted(workspace)
    file = upload(workspace, "invoice.pdf", member=chat.acme.bob)
    conversation = chat.conversation
    post_reply(conversation, body="", client_id=uuid4(), by=chat.acme.bob, files=[file])
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "invoice" in all_text(message)
    assert str(file) not in all_text(message)
