from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from inbox.actions.rate_limits import limit_new_visitors
from inbox.captcha import check_captcha
from inbox.models import Contact, Conversation, Visitor
from messagehub.lib.live.publish import close_streams
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.prepared_row import insert_together
from messagehub.lib.tokens import hash_token


class VisitorRevoked(Exception):
    """The token was revoked, so the browser needs a new one."""


class VisitorBlocked(Exception):
    """The contact is blocked, and the message was not stored. The visitor must not notice."""


class IdentityRequired(PermissionDenied):
    """The inbox requires a verified identity, and the visitor has none or it has expired."""


LOCK_TOKEN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def find_visitor(inbox, *, token):
    """Return the visitor with this token, or None if they have not written yet."""
    visitors = Visitor.objects.filter(inbox=inbox, token_hash=hash_token(token))
    return check_visitor(inbox, visitors.select_related("contact").first())


def lock_visitor(inbox, *, token):
    """Lock a visitor who has written before until commit."""
    return check_visitor(inbox, VISITOR_LOCK.first(inbox=inbox.pk, token_hash=hash_token(token)))


def lock_token(token):
    """Let one transaction at a time store the first message of this browser.

    Of two simultaneous ones, the second waits here and then finds the rows that the first has
    inserted. Comes before the lock of the visitor.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TOKEN, [token])


def create_visitor(inbox, *, token, ip_address=None, captcha=None, language=""):
    """Create a visitor and their contact, with the token locked (lock_token()).

    captcha: the answer to the test of strangers (inbox.captcha), if one is required. language: the
    one in which the contact sees the chat.
    """
    check_visitor(inbox, None)
    check_captcha(captcha)
    limit_new_visitors(inbox, ip_address)
    contact = Contact(workspace_id=inbox.workspace_id, language=language)
    visitor = Visitor(
        workspace_id=inbox.workspace_id,
        inbox=inbox,
        contact=contact,
        token_hash=hash_token(token),
        ip_address=ip_address,
    )
    insert_together(contact, visitor)
    return visitor


def lock_visitor_and_conversation(inbox, *, token):
    """Lock the visitor until commit. Return them and the conversation that they now write in.

    Both are None if they have not written yet. The conversation isn't locked.
    """
    if find_visitor(inbox, token=token) is None:
        return None, None
    visitor = lock_visitor(inbox, token=token)
    return visitor, latest_conversation(visitor)


VISITOR_LOCK = PreparedQuery(
    lambda inbox, token_hash: (
        # Without the contact: after waiting for a merge, PostgreSQL would not find the row together
        # with the former one.
        Visitor.objects.filter(inbox=inbox, token_hash=token_hash).select_for_update(no_key=True)
    ),
    inbox=UUID,
    token_hash=str,
)


def check_visitor(inbox, visitor):
    """Return the visitor. Raises VisitorRevoked, IdentityRequired."""
    check_revoked(visitor)
    if inbox.requires_identity and not (visitor is not None and visitor.is_verified):
        raise IdentityRequired
    return visitor


def check_revoked(visitor):
    if visitor is not None and visitor.revoked_at:
        raise VisitorRevoked
    return visitor


def conversations_of(visitor):
    """Return what the visitor may read: the conversations of their contact in this inbox."""
    return Conversation.objects.filter(inbox=visitor.inbox_id, contact=visitor.contact_id)


def latest_conversation(visitor):
    """Return the conversation to which their next message belongs, or None.

    That is the unresolved one, or else the newest: inbox_store_contact_message() has the same rule.
    After merging contacts there may be several.
    """
    return conversations_of(visitor).with_related().unresolved_first().first()


def revoke_visitor(visitor, *, at):
    """Revoke the browser's token and close its live stream."""
    with transaction.atomic():
        Visitor.objects.filter(pk=visitor.pk, revoked_at=None).update(revoked_at=at)
        close_streams(visitor.live_subject)
