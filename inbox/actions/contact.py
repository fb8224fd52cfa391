from contextlib import contextmanager, nullcontext

from django.db import transaction

from inbox.actions.rate_limits import limit_flood
from inbox.actions.visitor import find_visitor, latest_conversation, lock_visitor
from inbox.change import changing
from inbox.models import Contact, Conversation
from inbox.signals import contact_changed, contact_corrected, contact_left_email
from messagehub.lib.live.publish import publish_in_one_batch
from teams.models import Membership
from teams.permissions import Permission


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
            tell_after_commit(contact, "email")
    return conversation


def edit_contact(contact, *, by, **after):
    """What an agent knows better than the visitor said it: name, email, or both.

    Returns whether anything changed.
    """
    with changing_contact(contact) as (contact, change):
        before = {field: getattr(contact, field) for field in after}
        if before == after:
            return False
        for field, value in after.items():
            setattr(contact, field, value)
        contact.save(update_fields=list(after))
        for field, value in after.items():
            if change is not None and value != before[field]:
                change.add_activity(f"contact_{field}", by=by, **{field: value})
        changed = [field for field in after if after[field] != before[field]]
        contact_corrected.send(Contact, contact=contact, fields=changed)
        tell_after_commit(contact, *changed)
    return True


def set_owner(contact, *, owner, by=None):
    """Whose contact it is: a membership that answers chats, or nobody (None).

    Nothing moves: it counts from the contact's next chat that needs an agent. Returns whether it
    changed; it does not for somebody who has just lost the role for it.
    """
    with changing_contact(contact) as (contact, change):
        if contact.owner_id == (owner.pk if owner else None):
            return False
        if owner is not None and not lock_owner(owner):
            return False
        contact.owner = owner
        contact.save(update_fields=["owner"])
        if change is not None:
            change.add_activity("owner_set", by=by, to=owner.name if owner else "")
        tell_after_commit(contact, "owner")
    return True


@contextmanager
def changing_contact(contact):
    """Yields the contact, locked, and the change of its open conversation (None without one).

    Order of locks: conversation, contact, membership.
    """
    live = Conversation.objects.filter(contact=contact).exclude(status=Conversation.Status.RESOLVED)
    conversation = live.order_by("-number").first()
    with (
        transaction.atomic(),
        changing(conversation) if conversation else nullcontext() as change,
    ):
        locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
        if change is not None:
            change.conversation.contact = locked
        yield locked, change
    for field in ("name", "email", "owner"):
        setattr(contact, field, getattr(locked, field))


def lock_owner(membership):
    """Do they still answer chats? Their row is held until commit."""
    Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk=membership.pk).first()
    people = Membership.objects.active().allowing(Permission.ANSWER)
    return people.filter(pk=membership.pk).exists()


def tell_after_commit(contact, *fields):
    def tell():
        with publish_in_one_batch():
            contact_changed.send_robust(Contact, contact=contact, fields=fields)

    transaction.on_commit(tell, robust=True)
