"""How teams reaches the apps above it, which it can't import.

News, sent inside the transaction of what happened:

workspace_created(workspace, by): by is the founder's membership.
availability_changed(memberships, became_available): memberships of one workspace that can take
    conversations now, or no longer can; became_available holds those that can.
member_removed(membership, handover_to, by): the member was removed, suspended or left. Their
    conversations go to the membership handover_to, or to the queue if it is None. Receivers store
    what to do and do it after the commit, because it locks one conversation at a time.
access_changed(memberships): these members of one workspace got a different role, other teams or
    inboxes, or were reactivated. Sent after the commit, once for all members of a change, because
    a request waits for it. A receiver that fails is logged and does not stop the others.
calendar_changed(workspace): the holidays or the time zone changed, and with them what is open now.
inboxes_chosen(membership, inbox_ids): give the member access to exactly these inboxes.

Questions, which receivers answer with their return value:

open_counts_requested(workspace_id, memberships): {membership id: open conversations}.
member_leaving(membership), team_leaving(team): a sentence for the page that asks for confirmation,
    such as how many open conversations the member has, or "".
email_filter_requested(membership): a Q for the outgoing emails the member may see.
email_links_requested(abouts): {id: (title, url)} of what emails with these `about` ids lead to.
"""

from django.dispatch import Signal

workspace_created = Signal()
availability_changed = Signal()
member_removed = Signal()
access_changed = Signal()
calendar_changed = Signal()
inboxes_chosen = Signal()

open_counts_requested = Signal()
member_leaving = Signal()
team_leaving = Signal()
email_filter_requested = Signal()
email_links_requested = Signal()
