"""Stores the drafts of members, so that they can continue on another device or after a crash.

Each save names the version that it is based on. Text from another tab that it doesn't know is never
overwritten: both texts are kept until the member has decided.
"""

from uuid import UUID, uuid4

from django.utils import timezone

from inbox.change import changing
from inbox.live_updates import publish_drafts
from inbox.models import Draft
from messagehub.lib.ids import new_id
from messagehub.lib.prepared_query import PreparedQuery

MAX_LENGTH = 20_000  # characters; the browser keeps longer ones
MAX_DRAFTS = 500  # per member


class TooManyDrafts(Exception):
    """The member has too many drafts, so this one stays in the browser."""


def save_draft(conversation, *, kind, body, client_id, tab, by, version=None, drops_other=False):
    """Store the text and return the Draft, or None if nothing is left to keep.

    version: the one that the text is based on. drops_other: the member has seen the other text and
    doesn't need it. Raises TooManyDrafts.
    """
    with changing(conversation) as change:  # its lock decides between sending and saving
        conversation = change.conversation
        if conversation.messages.filter(client_id=client_id).exists():
            return None  # it was sent meanwhile
        draft = Draft.objects.filter(conversation=conversation, membership=by, kind=kind).first()
        if draft is not None:
            draft.conversation, draft.membership = conversation, by
            draft.other_body = "" if drops_other else draft.other_body
        is_known = draft is None or draft.tab == tab or draft.version == version
        if not body.strip():
            return discard(draft) if is_known else draft
        if draft is None:
            if by.drafts.count() >= MAX_DRAFTS:
                raise TooManyDrafts
            draft = Draft(
                workspace_id=conversation.workspace_id,
                conversation=conversation,
                membership=by,
                kind=kind,
            )
        elif not is_known:
            draft.other_body = keep_both(draft.other_body, draft.body, unless_in=body)
        is_first = draft._state.adding
        draft.body, draft.client_id, draft.tab = body, client_id, tab
        draft.version, draft.saved_at = new_id(), timezone.now()
        draft.save()
        if is_first:
            publish_drafts(conversation, member=by, kind=kind)
    return draft


def keep_both(other_body, body, *, unless_in):
    known = [other_body] if other_body else []
    if body not in other_body and body not in unless_in:
        known.append(body)
    return "\n\n".join(known)


def discard(draft):
    """Delete the draft, or continue with the text from another device."""
    if draft is None:
        return None
    if draft.other_body:
        draft.body, draft.other_body = draft.other_body, ""
        draft.client_id, draft.version, draft.saved_at = uuid4(), new_id(), timezone.now()
        draft.save()
        return draft
    draft.delete()
    publish_drafts(draft.conversation, member=draft.membership, kind=draft.kind)
    return None


def delete_sent_draft(conversation, *, client_id, by):
    """Delete the draft that was just sent, while its conversation is locked."""
    for draft in SENT_DRAFT.all(conversation=conversation.pk, member=by.pk, client_id=client_id):
        draft.conversation, draft.membership = conversation, by
        discard(draft)


SENT_DRAFT = PreparedQuery(
    lambda conversation, member, client_id: Draft.objects.filter(
        conversation=conversation, membership=member, client_id=client_id
    ),
    conversation=UUID,
    member=UUID,
    client_id=UUID,
)


def delete_drafts_of(membership):
    """Delete the drafts of a removed member."""
    Draft.objects.filter(membership=membership).delete()


def drafts_of(membership, conversation) -> dict:
    """Return the member's drafts in a conversation by kind."""
    drafts = DRAFTS.all(conversation=conversation.pk, member=membership.pk)
    return {draft.kind: draft for draft in drafts}


DRAFTS = PreparedQuery(
    lambda conversation, member: Draft.objects.filter(conversation=conversation, membership=member),
    conversation=UUID,
    member=UUID,
)


def numbers_with_draft(membership):
    """Find the numbers of conversations with a draft of the member, one for each draft."""
    drafts = Draft.objects.filter(membership=membership).order_by("-saved_at")
    return drafts.values("conversation__number")[:MAX_DRAFTS]
