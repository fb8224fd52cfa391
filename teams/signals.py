"""News that travels upward, sent inside the transaction of what happened.

workspace_created(workspace, by): a new workspace and the membership of its founder.
availability_changed(memberships, became_available): these, of one workspace, can take chats, or no
    longer can; became_available: those of them who can.
member_removed(membership, handover_to, by): removed, suspended or left; their conversations are to go
    to handover_to (a membership), or back to the queue (None). by: who decided it. Receivers store what
    is to be done, and do it after the commit: it is locked one conversation at a time.
access_changed(memberships): these, of one workspace, have another role, other teams or inboxes, or
    are let in again. Sent after commit, once for all whom a change touches: somebody waits for it.
    A receiver that fails is logged and keeps the news from no other.
calendar_changed(workspace): other holidays or another time zone: what is open now may be another.
member_leaving(membership), team_leaving(team): about to be asked; receivers answer with a sentence
    for the page that asks, such as how many open conversations they have.
"""

from django.dispatch import Signal

workspace_created = Signal()
availability_changed = Signal()
member_removed = Signal()
member_leaving = Signal()
team_leaving = Signal()
access_changed = Signal()
calendar_changed = Signal()
