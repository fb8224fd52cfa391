"""The routing board: waiting conversations and why, members online, and the latest decisions.

It only shows what the member may see: every list starts at visible_to(). Lists are bounded; below
them is how many more there are.
"""

from datetime import timedelta
from functools import cached_property

from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inbox.models import Conversation, Inbox, InboxMember
from inbox.open_counts import count_open_conversations
from routing.candidates import CandidatePool
from routing.explanations import explain_unassigned
from routing.models import Decision, Target
from routing.panel import why_no_one
from routing.rules import UNMOVED_RULES
from routing.targets import assignable_members
from teams.availability import with_availability
from teams.models import Membership, TeamMember
from teams.permissions import Permission
from teams.statuses import Presence

MOST_INBOXES = 200
MOST_WAITING, MOST_LATE, MOST_MEMBERS, MOST_DECISIONS = 25, 15, 60, 50
RECENT = timedelta(days=7)
STATES = (Presence.AVAILABLE, Presence.BUSY, Presence.AWAY, Presence.OFFLINE)


class Board:
    """inbox: one that the member may see, or None for all of them."""

    def __init__(self, membership, inbox=None):
        self.membership, self.workspace = membership, membership.workspace
        self.inbox, self.now = inbox, timezone.now()

    @cached_property
    def conversations(self):
        found = Conversation.objects.visible_to(self.membership).open()
        return found.filter(inbox=self.inbox) if self.inbox else found

    @cached_property
    def figures(self):
        """How many are open, wait, or have no answer yet, with the time of the longest."""
        waits, late = Q(assignee=None), Q(waiting_since__isnull=False) & ~Q(assignee=None)
        since = Coalesce("waiting_since", "created_at")
        return self.conversations.aggregate(
            open=Count("pk"),
            waiting=Count("pk", filter=waits),
            since=Min(since, filter=waits),
            late=Count("pk", filter=late),
            late_since=Min("waiting_since", filter=late),
            overdue=Count("pk", filter=late & Q(response_due_at__lt=self.now)),
        )

    @cached_property
    def waiting(self):
        """In the order in which they will be assigned, each with .since and .reason."""
        found = self.conversations.waiting_for_agent().with_related()
        found = found.annotate(since=Coalesce("waiting_since", "created_at"))
        found = list(found.order_by("since", "pk")[:MOST_WAITING])
        reasons = self.last_decisions(found)
        for conversation in found:
            conversation.reason = why_it_waits(reasons.get(conversation.pk))
        return found

    def last_decisions(self, conversations):
        found = Decision.objects.filter(conversation__in=[each.pk for each in conversations])
        found = found.order_by("conversation", "-created_at").distinct("conversation")
        return {each.conversation_id: each for each in found}

    @property
    def more_waiting(self):
        return self.figures["waiting"] - len(self.waiting)

    @cached_property
    def late(self):
        """Assigned ones whose contact waits: the overdue first, then the longest waiting."""
        found = self.conversations.exclude(assignee=None).filter(waiting_since__isnull=False)
        overdue = Case(When(response_due_at__lt=self.now, then=Value(0)), default=Value(1))
        return list(found.with_related().order_by(overdue, "waiting_since", "pk")[:MOST_LATE])

    @property
    def more_late(self):
        return self.figures["late"] - len(self.late)

    @cached_property
    def people(self):
        """Members who can receive chats; for one inbox, the ones routing considers."""
        if self.inbox is not None:
            return with_availability(assignable_members(self.inbox))
        return with_availability(members_asked_by(Inbox.objects.visible_to(self.membership)))

    @property
    def why_no_one(self):
        """Why no one could take the next message in the inbox; empty if someone could."""
        return why_no_one(self.inbox, CandidatePool(self.inbox).candidates())

    @cached_property
    def members(self):
        """Return the available ones first.

        Each has .open, .assigned_today and .last_assigned_at (within a week).
        """
        found = sorted(self.people, key=lambda each: (STATES.index(each.presence), each.name))
        found = found[:MOST_MEMBERS]
        loads = count_open_conversations(self.workspace.pk, [each.pk for each in found])
        for person in found:
            person.open = loads.get(person.pk, 0)
            today, last = self.assignments.get(person.pk, (0, None))
            person.assigned_today, person.last_assigned_at = today, last
        return found

    @cached_property
    def assignments(self):
        """{membership's id: (how many they were assigned today, when last)}."""
        midnight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        found = (
            self.recent_decisions.exclude(rule__in=UNMOVED_RULES).exclude(chosen=None).order_by()
        )
        today = Count("pk", filter=Q(created_at__gte=midnight))
        rows = found.order_by().values("chosen").annotate(today=today, at=Max("created_at"))
        return {each["chosen"]: (each["today"], each["at"]) for each in rows}

    @property
    def assigned_today(self):
        return sum(count for count, _at in self.assignments.values())

    @property
    def more_members(self):
        return len(self.people) - len(self.members)

    @property
    def states(self):
        """How many members are in which state."""
        return {state: sum(each.presence == state for each in self.people) for state in STATES}

    @property
    def recent_decisions(self):
        since = self.now - RECENT
        found = Decision.objects.filter(workspace=self.workspace, created_at__gte=since)
        if self.inbox:
            return found.filter(conversation__inbox=self.inbox)
        if self.membership.sees_all_inboxes:
            return found
        visible = Inbox.objects.visible_to(self.membership)
        return found.filter(conversation__inbox__in=visible)

    @cached_property
    def decisions(self):
        found = self.recent_decisions
        # Or PostgreSQL gathers a week of conversations to find all visible.
        if not self.membership.sees_all_conversations:
            visible = Conversation.objects.visible_to(self.membership)
            found = found.filter(Exists(visible.filter(pk=OuterRef("conversation"))))
        found = found.select_related("conversation__contact", "conversation__inbox")
        return list(found.order_by("-created_at", "-pk")[:MOST_DECISIONS])


def why_it_waits(decision):
    """decision: the latest, or None. If it chose someone, they have released it since."""
    if decision is None or decision.chosen_name:
        return _("Back in the queue")
    reason = explain_unassigned(decision.tally, decision.team_name)
    return capfirst(reason)


def members_asked_by(inboxes):
    """Return the members whom routing asks for any of these inboxes: their agents, and those of
    their targets who may open all inboxes. Other targets are their agents, or get nothing."""
    chosen = Target.objects.filter(inbox__in=inboxes)
    in_teams = TeamMember.objects.filter(team__in=chosen.exclude(team=None).values("team"))
    is_chosen = Q(pk__in=chosen.exclude(membership=None).values("membership"))
    is_chosen |= Q(pk__in=in_teams.values("membership"))
    opens_all = Q(pk__in=Membership.objects.with_permission(Permission.MANAGE_INBOXES).values("pk"))
    own = Q(pk__in=InboxMember.objects.filter(inbox__in=inboxes).values("membership"))
    people = Membership.objects.active().with_permission(Permission.ANSWER)
    return people.filter(own | is_chosen & opens_all).with_related()


def inboxes_of(membership):
    return Inbox.objects.visible_to(membership).order_by("created_at")[:MOST_INBOXES]
