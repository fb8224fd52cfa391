from uuid import UUID

from django.db import connection, transaction

from inbox.actions.rate_limits import limit_new_visitors
from inbox.models import Contact, Conversation, Visitor
from messagehub.lib.live.publish import close_streams
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.tokens import hash_token


class VisitorRevoked(Exception):
    """The token was withdrawn: the browser needs a new one."""


def find_visitor(inbox, *, token):
    """The visitor who holds this token, or None: they have not written yet."""
    return check_revoked(visitors(inbox, token).first())


def lock_visitor(inbox, *, token, address=None):
    """The visitor, locked until commit; made with a contact on the first thing they write."""
    named = {"inbox": inbox.pk, "token_hash": hash_token(token)}
    visitor = LOCKED.first(**named)
    if visitor is None:
        # Two first messages at once: the second waits here and then finds the first one's row.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [token])
        visitor = LOCKED.first(**named) or insert_visitor(inbox, token, address)
    return check_revoked(visitor)


LOCKED = PreparedQuery(
    lambda inbox, token_hash: (
        Visitor.objects.filter(inbox=inbox, token_hash=token_hash)
        .select_related("contact")
        .select_for_update(of=("self",), no_key=True)
    ),
    inbox=UUID,
    token_hash=str,
)


def visitors(inbox, token):
    found = Visitor.objects.filter(inbox=inbox, token_hash=hash_token(token))
    return found.select_related("contact")


def insert_visitor(inbox, token, address):
    limit_new_visitors(inbox.visitors, address)
    contact = Contact.objects.create(workspace_id=inbox.workspace_id)
    return Visitor.objects.create(
        workspace_id=inbox.workspace_id,
        inbox=inbox,
        contact=contact,
        token_hash=hash_token(token),
        address=address,
    )


def check_revoked(visitor):
    if visitor is not None and visitor.revoked_at:
        raise VisitorRevoked
    return visitor


def latest_conversation(visitor):
    conversations = Conversation.objects.filter(inbox=visitor.inbox_id, contact=visitor.contact_id)
    return conversations.with_related().order_by("-number").first()


def revoke_visitor(visitor, *, at):
    """This browser's token opens nothing any more; its open stream ends."""
    with transaction.atomic():
        Visitor.objects.filter(pk=visitor.pk, revoked_at=None).update(revoked_at=at)
        close_streams(visitor.live_subject)
