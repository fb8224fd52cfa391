from contextlib import contextmanager, nullcontext

from django.db import transaction

from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.rate_limits import limit_messages
from inbox.actions.visitor import lock_visitor_and_conversation
from inbox.change import changing
from inbox.models import Contact, Conversation, FormerContact, Message
from inbox.signals import contact_changed, contact_corrected, contact_left_email
from messagehub.lib.live.publish import publish_in_one_batch
from teams.models import Membership
from teams.permissions import Permission

# These changes are noted in the timeline of the contact's unresolved conversation.
NOTED = ("name", "email")


def leave_email(inbox, *, token, email):
    """Store the email address a visitor entered. It's unverified, so no contacts are merged.

    They know best where to reach them, so it also replaces an address that the team entered, but
    not one that a signed token has proven. The timeline keeps the address that it replaces.

    Returns the visitor's conversation, or None if they have not written yet.
    """
    with transaction.atomic():
        visitor, conversation = lock_visitor_and_conversation(inbox, token=token)
        if conversation is None:
            return None
        if visitor.is_blocked:
            conversation.contact.email = email  # shown as if it were stored
            return conversation
        with changing(conversation) as change:
            # What is joined to the conversation may be from before the wait for its lock.
            contact = change.conversation.contact = lock_contact(change.conversation.contact_id)
            if contact.email == email or contact.is_email_verified:
                return conversation
            limit_messages(change.conversation)
            details = {"contact": contact.display_name, "email": email}
            if contact.email:
                details["replaced"] = contact.email
            contact.email = email
            contact.sources["email"] = Contact.Source.CLAIMED
            contact.save(update_fields=["email", "sources"])
            change.add_activity(Message.Activity.EMAIL_LEFT, **details)
            contact_left_email.send(Conversation, conversation=change.conversation)
            send_contact_changed_on_commit(contact, "email")
    return conversation


def remember_language(contact, language):
    """Store the language in which the contact saw the chat last, for live updates and emails."""
    if contact.language != language:
        contact.language = language
        Contact.objects.filter(pk=contact.pk).update(language=language)


def edit_contact(contact, *, by, attributes=None, **values):
    """Change these fields of a contact. Return whether anything changed.

    attributes: {key: the value as text, or ""}; the others keep theirs.
    """
    # The outer transaction only keeps the order of locks: attributes, conversation, contact.
    with transaction.atomic():
        known = lock_attributes(contact.workspace_id) if attributes else set()
        with changing_contact(contact) as (locked, change):
            if attributes:
                merged = locked.attributes | attributes
                values["attributes"] = {
                    key: value for key, value in merged.items() if value and key in known
                }
            return save_contact(locked, change, values, by=by)


def save_contact(contact, change, values, *, by):
    """Save the changed values of a locked contact. Return whether there are any."""
    changed = [field for field in values if values[field] != getattr(contact, field)]
    if not changed:
        return False
    forget_sources(contact, values)
    for field in changed:
        setattr(contact, field, values[field])
    contact.save(update_fields=[*changed, "sources"])
    for field in NOTED if change is not None else ():
        if field in changed:
            change.add_activity(f"contact_{field}", by=by, **{field: values[field]})
    contact_corrected.send(Contact, contact=contact, fields=changed)
    send_contact_changed_on_commit(contact, *changed)
    return True


def forget_sources(contact, values):
    """Forget where the values that the team is about to change came from."""
    attributes = values.get("attributes", contact.attributes)
    for name in list(contact.sources):
        if name in values:
            is_kept = values[name] == getattr(contact, name)
        else:
            is_kept = attributes.get(name, "") == contact.attributes.get(name, "")
        if not is_kept:
            del contact.sources[name]


def set_owner(contact, *, owner, by=None):
    """Set the contact's owner to a membership, or to no one. Return whether that changed.

    Open conversations stay where they are; the owner gets the next one that needs an agent. A
    member who has just lost the permission to answer doesn't become the owner.
    """
    with changing_contact(contact) as (contact, change):
        if contact.owner_id == (owner.pk if owner else None):
            return False
        if owner is not None and not lock_possible_owner(owner):
            return False
        contact.owner = owner
        contact.save(update_fields=["owner"])
        if change is not None:
            name = owner.name if owner else ""
            change.add_activity(Message.Activity.OWNER_SET, by=by, to=name)
        send_contact_changed_on_commit(contact, "owner")
    return True


@contextmanager
def changing_contact(contact):
    """Yield the locked contact and the Change of their unresolved conversation, if they have one.

    If the contact was merged meanwhile, it's the one that stayed. Locks are taken in this order:
    conversation, contact, membership.
    """
    conversations = Conversation.objects.unresolved().filter(contact=contact)
    conversation = conversations.order_by("-number").first()
    with (
        transaction.atomic(),
        changing(conversation) if conversation else nullcontext() as change,
    ):
        locked = lock_contact(contact.pk)
        if change is not None:
            change.conversation.contact = locked
        yield locked, change
    for field in (*Contact.OWN_FIELDS, "owner", "attributes", "sources"):
        setattr(contact, field, getattr(locked, field))


def lock_contact(pk):
    """Lock the contact with this id until commit, or the one into which it was merged.

    Raises Contact.DoesNotExist.
    """
    while True:
        found = Contact.objects.select_for_update(no_key=True).filter(pk=pk).first()
        if found is not None:
            return found
        former = FormerContact.objects.filter(pk=pk).first()
        if former is None:
            raise Contact.DoesNotExist
        pk = former.contact_id


def lock_possible_owner(membership):
    """Lock the membership until commit and return whether it may still answer conversations."""
    Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk=membership.pk).first()
    agents = Membership.objects.active().with_permission(Permission.ANSWER)
    return agents.filter(pk=membership.pk).exists()


def send_contact_changed_on_commit(contact, *fields):
    def send_contact_changed():
        with publish_in_one_batch():
            contact_changed.send_robust(Contact, contact=contact, fields=fields)

    transaction.on_commit(send_contact_changed, robust=True)
