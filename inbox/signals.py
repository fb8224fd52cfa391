"""Signals for the apps that build on the inbox.

Sent inside the transaction, while the conversation's row is locked, so that no code path can miss
them:
conversation_needs_agent(conversation, trigger): an open conversation has no assignee, or its
    previous one may not be available. trigger: "message", "reopened", "unassigned", "snooze_over",
    "member_left" or "team".
conversation_woken(conversation): a snooze ended and the assignee kept the conversation.
contact_wrote(conversation, message): sent after routing looked for an agent.
contact_left_email(conversation): the visitor entered an email address.
contact_corrected(contact, fields): an agent changed the contact's name or email address. Only the
    rows of the contact and of their unresolved conversation are locked.
conversation_answered(conversation): an agent replied.
message_revised(conversation, message): its author edited it, or deleted it (message.is_deleted). A
    deleted message has no text, files and mentions any more.
bulk_run_finished(run), bulk_run_undone(run): all conversations of a bulk run were changed, or put
    back. No conversation is locked.

Sent after the commit, for live updates. A receiver that fails is logged and the others still run:
conversation_changed(change): new entries, or a change of what the lists show (inbox.change.Change).
contact_changed(contact, fields): these fields changed: "name", "email" or "owner".
conversation_read(conversation, membership, seq): a member's page has shown the entries up to seq.

A question, which receivers answer with their return value:
desk_counts_requested(): what the desk counts besides its views: {name: build(membership)}, a
    queryset of numbers, whose sum is the count.
"""

from django.dispatch import Signal

conversation_needs_agent = Signal()
conversation_woken = Signal()
contact_wrote = Signal()
contact_left_email = Signal()
contact_corrected = Signal()
conversation_answered = Signal()
message_revised = Signal()
bulk_run_finished = Signal()
bulk_run_undone = Signal()
conversation_changed = Signal()
contact_changed = Signal()
conversation_read = Signal()
desk_counts_requested = Signal()
