from django.db import transaction

from inbox.actions.flood import limit_flood
from inbox.actions.visitor import find_visitor, latest_conversation, lock_visitor
from inbox.change import changing
from inbox.models import Conversation
from inbox.signals import contact_left_email


def leave_email(inbox, *, token, email):
    """The visitor says where an answer reaches them. Claimed, not proven: nothing is merged.

    Returns their conversation, or None when they have not written anything yet.
    """
    with transaction.atomic():
        if find_visitor(inbox, token=token) is None:
            return None
        visitor = lock_visitor(inbox, token=token)
        conversation = latest_conversation(visitor)
        with changing(conversation) as change:
            contact = change.conversation.contact
            if contact.email == email:
                return conversation
            limit_flood(change.conversation)
            details = {"contact": contact.display_name, "email": email}
            contact.email = email
            contact.save(update_fields=["email"])
            change.add_activity("email_left", **details)
            contact_left_email.send(Conversation, conversation=change.conversation)
    return conversation
