"""News for the apps above.

Inside the transaction, with the conversation's row locked, so that no entry point can forget:
conversation_needs_agent(conversation, trigger): open, and nobody has it, or whoever had it when
    it was resolved may be gone. trigger: "message", "reopened", "unassigned".
conversation_woken(conversation): back from a snooze, and still with whoever has it.
contact_wrote(conversation, message): after an agent was looked for.
contact_left_email(conversation): the visitor said where an answer reaches them.
contact_corrected(contact, fields): an agent knows it better: name or email, by name. Only the
    contact's row and its live conversation's are locked.
conversation_answered(conversation): an agent replied.

After commit, for what goes to screens; a receiver that fails is logged and keeps it from no other:
conversation_changed(change): new entries, or another place in the lists (inbox.change.Change).
contact_changed(contact, fields): another name, email address or owner: which, by name.
"""

from django.dispatch import Signal

conversation_needs_agent = Signal()
conversation_woken = Signal()
contact_wrote = Signal()
contact_left_email = Signal()
contact_corrected = Signal()
conversation_answered = Signal()
conversation_changed = Signal()
contact_changed = Signal()
