"""Loads the entries of a timeline that a page shows at once, and the ones it asks for later."""

PAGE_SIZE = 200


def latest_entries(conversation, before=None):
    """Return the last entries in order, or the last ones before a seq."""
    entries = conversation.messages.with_related()
    entries = entries if before is None else entries.filter(seq__lt=before)
    return with_conversation(entries.order_by("-seq")[:PAGE_SIZE], conversation)[::-1]


def entries_after(conversation, seq):
    return with_conversation(conversation.messages.with_related().after(seq), conversation)


def with_conversation(entries, conversation):
    """Return the entries as a list that shares this instance and what is already loaded on it."""
    entries = list(entries)
    for entry in entries:
        entry.conversation = conversation
    return entries
