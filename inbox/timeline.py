"""The entries of a conversation that a screen shows at once, and those it asks for later."""

AT_ONCE = 200


def latest_entries(conversation, before=None):
    """The last ones, or the last ones before a number, in their order."""
    entries = conversation.messages.with_related()
    entries = entries if before is None else entries.filter(seq__lt=before)
    return of(conversation, entries.order_by("-seq")[:AT_ONCE])[::-1]


def entries_after(conversation, seq):
    return of(conversation, conversation.messages.with_related().after(seq))


def of(conversation, entries):
    entries = list(entries)
    for entry in entries:
        entry.conversation = conversation  # with everything that is known of it already
    return entries
