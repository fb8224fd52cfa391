"""Finds out who is available for the visitors of an inbox, once for one visitor or for many."""

from functools import cached_property
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone

from inbox.models import Inbox
from inbox.open_counts import count_towards_capacity
from messagehub.lib.prepared_query import PreparedQuery
from routing.candidates import CandidatePool, excluded_members
from routing.models import Routing
from routing.targets import assignable_members, list_targets
from teams import presence
from teams.availability import status_of
from teams.models import Membership
from widget.logo import inbox_logo

MAX_AGENTS = 3  # shown to a visitor


class InboxAvailability:
    """The availability of an inbox's agents at one moment.

    online: the result of presence.find_online(), if it was looked up a moment ago.
    """

    def __init__(self, inbox, *, online=None):
        self.inbox = inbox
        if online is not None:
            self.online = online
        self.now = timezone.now()
        self.agents_by_id = {}  # loaded once for many visitors

    @cached_property
    def online(self):
        return presence.find_online(self.inbox.workspace_id)

    @cached_property
    def closed(self):
        """Return teams.hours.Closed outside the inbox's opening hours, else None."""
        return self.inbox.opening_hours.closed(self.now)

    def get_status(self, agent, *, open_count=0):
        agent.workspace = self.inbox.workspace  # not joined with every conversation's assignee
        return status_of(agent, self.online, open_count=open_count, now=self.now)

    def get_owner_status(self, owner):
        """Return the status of a contact's owner, whose capacity counts."""
        return self.get_status(owner, open_count=count_towards_capacity(owner))

    @cached_property
    def candidates(self):
        """Return routing's candidates, of a large inbox only the next ones if any is available."""
        pool = CandidatePool(self.inbox, partial=True, online=self.online)
        candidates = pool.candidates()
        if pool.is_partial and not any(candidate.is_available for candidate in candidates):
            return pool.full().candidates()
        return candidates

    def find_agents(self, status, conversation):
        """Return the first few candidates with this status who can have the conversation."""
        ids = [each.membership_id for each in self.candidates if each.status == status]
        ids = [pk for pk in ids if is_eligible(pk, conversation)][:MAX_AGENTS]
        missing = [pk for pk in ids if pk not in self.agents_by_id]
        for agent in Membership.objects.with_related().filter(pk__in=missing) if missing else ():
            self.agents_by_id[agent.pk] = agent
        return [self.agents_by_id[pk] for pk in ids if pk in self.agents_by_id]

    @cached_property
    def default_agents(self):
        """Return a few of the agents routing considers, whether they are available or not."""
        if not (targets := list_targets(self.inbox)):
            return FIRST_AGENTS.all(inbox=self.inbox.pk)
        return list(assignable_members(self.inbox, targets).order_by("pk")[:MAX_AGENTS])

    @cached_property
    def logo(self):
        """Return the logo that visitors see instead of agents, or None."""
        return inbox_logo(self.inbox)

    @cached_property
    def emails_replies(self):
        """Return whether a visitor who left gets replies by email."""
        return Routing.objects.of(self.inbox).reply_minutes is not None

    def find_owner(self, contact):
        """Return the owner if routing gives them the contact's next conversation, else None."""
        if contact is None or contact.owner_id is None:
            return None
        routes_to_owner = Routing.objects.filter(inbox=self.inbox, to_owner=True)
        agents = self.inbox.possible_assignees
        return agents.filter(Exists(routes_to_owner), pk=contact.owner_id).first()


# Of inboxes without targets.
FIRST_AGENTS = PreparedQuery(
    lambda inbox: assignable_members(Inbox(pk=inbox), targets=[]).order_by("pk")[:MAX_AGENTS],
    inbox=UUID,
)


def is_eligible(membership_id, conversation):
    """Return whether routing may offer a member the conversation, unless they released it."""
    return conversation is None or membership_id not in excluded_members(conversation)
