"""What an agent changes about a contact mails nothing that nobody asked for."""

from uuid import uuid4

from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from outbox.models import Delivery
from routing.models import Routing


def test_another_owner_or_name_mails_no_old_replies(
    acme, online, vera, django_capture_on_commit_callbacks
):
    online(acme.bob)
    routing = Routing.objects.filter(inbox=acme.inbox)
    routing.update(reply_minutes=None)
    conversation = vera.writes().conversation
    vera.call("email/", {"email": "vera@example.com"})
    post_reply(conversation, body="Yes", client_id=uuid4(), by=acme.bob)
    resolve_conversation(conversation, by=acme.bob)
    routing.update(reply_minutes=5)
    conversation.refresh_from_db()
    contact = conversation.contact
    with django_capture_on_commit_callbacks(execute=True):
        set_owner(contact, owner=acme.bea, by=acme.alice)
        edit_contact(contact, name="Vera", email="vera@example.com", by=acme.alice)
    assert not Delivery.objects.filter(kind="reply").exists()
