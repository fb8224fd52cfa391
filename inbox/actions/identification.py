"""Stores who visitors are: what they claim, and what a signed token proves.

Threats:

- Someone reads a conversation by saying that they are its contact. So a claim only fills in values,
  and never joins contacts; only a signed token does that.
- Two people share a browser. A visitor whom a token has proven to be one person never becomes
  another: their browser needs a new token (OtherPerson).
- Someone plants a token of their own in a browser, waits until its user is verified, and reads with
  it. So a browser gets a new token when it becomes verified, and the old one is revoked.

Locks are taken in the usual order: attributes, contacts of the workspace, visitor,
conversation, contact.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from inbox.actions.contact import changing_contact, send_contact_changed_on_commit
from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.contact_block import lock_workspace_contacts
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.visitor import LOCK_TOKEN, VISITOR_LOCK, check_revoked, revoke_visitor
from inbox.models import Attachment, Contact, ContactIdentity, IdentitySecret, Visitor
from inbox.signals import contact_corrected
from messagehub.lib.live.publish import close_streams
from messagehub.lib.tokens import hash_token

VERIFIED_FOR = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=10)  # a page that is reloaded again and again writes no more often


class InvalidIdentityToken(Exception):
    """Its message tells the website's developer what is wrong with the token."""


class OtherPerson(Exception):
    """The browser is known as a different person of the website, so it needs a new token."""


class TokenTaken(Exception):
    """A visitor of this inbox already has the token that the browser has chosen for itself."""


def identify_visitor(inbox, *, token, next_token, claims):
    """Verify the visitor with these VerifiedClaims. Return (their row, whether it is a new one).

    The new one has `next_token`. The same person in two browsers is one contact. Raises
    OtherPerson, TokenTaken, VisitorRevoked, and InvalidIdentityToken if the secret was revoked
    meanwhile.
    """
    visitors = Visitor.objects.filter(inbox=inbox, token_hash=hash_token(token))
    visitor = check_revoked(visitors.select_related("identity", "inbox").first())
    if visitor is not None and visitor.identity is not None:
        if visitor.identity.subject != claims.subject:
            raise OtherPerson
        extend_session(visitor, claims.secret)
        return visitor, False
    with transaction.atomic():
        lock_attributes(inbox.workspace_id)
        lock_workspace_contacts(inbox.workspace_id)
        lock_tokens(token, next_token)
        if Visitor.objects.filter(inbox=inbox, token_hash=hash_token(next_token)).exists():
            raise TokenTaken
        visitor = VISITOR_LOCK.first(inbox=inbox.pk, token_hash=hash_token(token))
        identity = link_identity(inbox, check_revoked(visitor), claims)
        if visitor is None:
            # A first message that is on its way with the old token must not become a stranger's.
            create_visitor_of(identity, token_hash=hash_token(token), revoked_at=timezone.now())
        else:
            revoke_visitor(visitor, at=timezone.now())
        own = Attachment.objects.pending().filter(workspace=inbox.workspace_id)
        own.filter(token_hash=hash_token(token)).update(token_hash=hash_token(next_token))
        return create_verified_visitor(identity, claims.secret, hash_token(next_token)), True


def lock_tokens(*tokens):
    """Let no visitor with one of these tokens be created until the commit."""
    with connection.cursor() as cursor:
        for token in sorted(tokens):  # in one order, so that no two browsers wait for each other
            cursor.execute(LOCK_TOKEN, [token])


def extend_session(visitor, secret):
    """Keep the visitor verified for another day."""
    now = timezone.now()
    is_recent = visitor.is_verified and visitor.verified_until > now + VERIFIED_FOR - NOTED_EVERY
    if is_recent and visitor.verified_with_id == secret.pk:
        return
    was_verified = visitor.is_verified and visitor.verified_with_id == secret.pk
    note_session(visitor, secret, now)
    if not was_verified:
        close_streams(visitor.live_subject)


def note_session(visitor, secret, now):
    visitor.verified_with, visitor.verified_until = secret, now + VERIFIED_FOR
    with transaction.atomic():
        note_use(visitor.identity_id, visitor.contact_id, secret, now)
        visitor.save(update_fields=["verified_with", "verified_until"])


def note_use(identity, contact, secret, now):
    """Note that the secret has verified this person, and lock it before their browsers.

    So revoking it waits, and then finds them.
    """
    if not IdentitySecret.objects.filter(pk=secret.pk).update(last_used_at=now):
        raise InvalidIdentityToken("The token's secret was revoked.")
    ContactIdentity.objects.filter(pk=identity).update(verified_at=now)
    Contact.objects.filter(pk=contact).update(verified_at=now)


def link_identity(inbox, visitor, claims):
    """Return this person's identity. Its contact is the locked visitor's, if they have one."""
    identity = ContactIdentity.objects.filter(inbox=inbox, subject=claims.subject).first()
    if visitor is None:
        contact_id = identity and identity.contact_id
    else:
        others = ContactIdentity.objects.filter(inbox=inbox, contact=visitor.contact_id)
        if others.exists() and (identity is None or identity.contact_id != visitor.contact_id):
            raise OtherPerson  # an agent has merged the contact with this other person
        contact_id = merge_into(identity, visitor)
    if identity is not None:
        return identity
    if contact_id is None:
        contact_id = Contact.objects.create(workspace_id=inbox.workspace_id).pk
    return ContactIdentity.objects.create(
        workspace_id=inbox.workspace_id,
        inbox=inbox,
        contact_id=contact_id,
        subject=claims.subject,
        verified_at=timezone.now(),
    )


def create_verified_visitor(identity, secret, token_hash):
    now = timezone.now()
    note_use(identity.pk, identity.contact_id, secret, now)
    session = {"verified_with": secret, "verified_until": now + VERIFIED_FOR}
    return create_visitor_of(identity, token_hash=token_hash, **session)


def create_visitor_of(identity, **fields):
    """Create a browser of this person.

    Without the address, because a person of the website isn't one of many new strangers.
    """
    contact = Contact.objects.get(pk=identity.contact_id)
    return Visitor.objects.create(
        workspace_id=identity.workspace_id,
        inbox_id=identity.inbox_id,
        contact=contact,
        identity=identity,
        is_blocked=bool(contact.blocked_at),
        **fields,
    )


def merge_into(identity, visitor):
    """Merge the visitor's contact into the identity's. Return the id of the one that stays."""
    if identity is None or identity.contact_id == visitor.contact_id:
        return visitor.contact_id
    contacts = Contact.objects.select_related("workspace")
    stays, leaves = contacts.get(pk=identity.contact_id), contacts.get(pk=visitor.contact_id)
    merge_contacts(stays, leaves, by=None)
    return stays.pk


def describe_contact(contact, values, *, source):
    """Store what a visitor claims, or a token proves, about a contact.

    values: {field or key of an attribute: cleaned text, "" for none}. A claim only replaces nothing
    and other claims. A token also replaces what earlier tokens said. What the team has entered
    stays. Returns the names of the values that stayed as they were, although they are different.
    """
    kept = [name for name in values if not may_replace(contact, name, values[name], source)]
    if not find_changes(contact, values, source):
        return kept
    with transaction.atomic():
        known = lock_attributes(contact.workspace_id) | set(Contact.OWN_FIELDS)
        with changing_contact(contact) as (locked, _change):
            changes = find_changes(locked, values, source)
            save_description(
                locked, {name: changes[name] for name in changes if name in known}, source
            )
    contact.sources = locked.sources
    return kept


def find_changes(contact, values, source):
    """Return the values that would change, or would be known better than before."""
    return {
        name: value
        for name, value in values.items()
        if may_replace(contact, name, value, source)
        and (read_value(contact, name) != value or is_better(contact, name, value, source))
    }


def may_replace(contact, name, value, source):
    current = read_value(contact, name)
    if current in ("", value):
        return True
    known_from = contact.sources.get(name)
    return known_from == Contact.Source.CLAIMED or known_from == source


def is_better(contact, name, value, source):
    is_proof = source == Contact.Source.VERIFIED
    return bool(value) and is_proof and contact.sources.get(name) != Contact.Source.VERIFIED


def read_value(contact, name):
    if name in Contact.OWN_FIELDS:
        return getattr(contact, name)
    return contact.attributes.get(name, "")


def save_description(contact, changes, source):
    if not changes:
        return
    own = [name for name in Contact.OWN_FIELDS if name in changes]
    changed = [name for name in own if changes[name] != getattr(contact, name)]
    for name, value in changes.items():
        if name in own:
            setattr(contact, name, value)
        elif value:
            contact.attributes[name] = value
        else:
            contact.attributes.pop(name, None)
        if value:
            contact.sources[name] = source
        else:
            contact.sources.pop(name, None)
    contact.save(update_fields=[*own, "attributes", "sources"])
    contact_corrected.send(Contact, contact=contact, fields=changed)
    send_contact_changed_on_commit(contact, *changed)
