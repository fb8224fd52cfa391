"""Loads the entries of a timeline that a page shows at once, and the ones it asks for later."""

from uuid import UUID

from django.db.models import prefetch_related_objects

from inbox.models import Message
from inbox.related_rows import attach_related
from messagehub.lib.prepared_query import PreparedQuery

PAGE_SIZE = 50


def latest_entries(conversation, before=None, *, members=()):
    """Return the last entries in order, or the last ones before a seq.

    members: those that the caller has loaded, with their users.
    """
    if before is None:
        entries = LATEST.all(conversation=conversation.pk)[:PAGE_SIZE]
    else:
        entries = conversation.messages.filter(seq__lt=before).order_by("-seq")[:PAGE_SIZE]
    return with_people(entries, conversation, members)[::-1]


# Every opened conversation shows them.
LATEST = PreparedQuery(
    lambda conversation: Message.objects.filter(conversation=conversation).order_by("-seq")[
        :PAGE_SIZE
    ],
    conversation=UUID,
)


def entries_around(conversation, seq):
    """Return entries before and after one, as many as a page shows."""
    before = conversation.messages.filter(seq__lt=seq).order_by("-seq")[: PAGE_SIZE // 2]
    after = conversation.messages.filter(seq__gte=seq).order_by("seq")[: PAGE_SIZE // 2]
    return with_people([*reversed(before), *after], conversation)


def later_entries(conversation, seq):
    """Return the next page of entries after a seq."""
    return with_people(conversation.messages.after(seq)[:PAGE_SIZE], conversation)


def later_than(entries, conversation):
    """Return the seq after which entries follow that the page doesn't show, or None."""
    is_last = not entries or entries[-1].seq >= conversation.last_seq
    return None if is_last else entries[-1].seq


def entries_after(conversation, seq, revision=None):
    """Return the entries after a seq, and before it those that were revised after `revision`.

    The page takes the highest revision up to `seq` as known, so these come from one query, and it
    is the first: later entries are then at least as new.
    """
    revised = []
    if revision is not None and conversation.last_revision > revision:
        revised = list(conversation.messages.revised_after(revision).filter(seq__lte=seq))
    return with_people([*revised, *conversation.messages.after(seq)], conversation)


def with_people(entries, conversation, members=()):
    """Return the entries as a list, with the conversation, authors and contacts they share.

    Most are by the contact or the assignee, who are already loaded.
    """
    entries = list(entries)
    for entry in entries:
        entry.conversation = conversation
        if entry.contact_id == conversation.contact_id:
            entry.contact = conversation.contact
    assignee = [conversation.assignee] if conversation.assignee_id else []
    attach_related(entries, "author", [*members, *assignee])
    if merged := [each for each in entries if is_contact_unknown(each)]:
        prefetch_related_objects(merged, "contact")
    return entries


def is_contact_unknown(entry):
    return entry.contact_id is not None and not Message.contact.is_cached(entry)
