"""The rows of one conversation of the past, as the product's actions would have written them."""

from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from inbox.models import Contact, Conversation, Message
from messagehub.lib.ids import new_id
from messagehub.lib.text import preview
from routing.actions.decision import as_row
from routing.explanations import explain_choice, explain_unassigned
from routing.models import Decision, Trigger
from routing.policy import count_statuses
from routing.rules import Rule

INSTANT = 0.004  # seconds between two entries that one action writes
KINDS = {"contact": "contact", "agent": "reply", "note": "note"}


class Chat:
    """A conversation of the demo with its contact, entries and decisions, not stored yet.

    assignee: a routing.simulator.Member; is_complete: False leaves the conversation out.

    Moments are seconds since 1970.
    """

    def __init__(self, inbox, visit, origin):
        self.workspace, self.assignee = inbox.workspace_id, None
        self.is_complete = False
        self.entries, self.decisions = [], []
        # Contacts are listed by their ids, which are ordered by time.
        pk, created_at = id_at(visit.at), as_time(visit.at)
        self.contact = Contact(
            pk=pk,
            workspace_id=self.workspace,
            created_at=created_at,
            name=visit.name,
            email=visit.email,
        )
        self.conversation = Conversation(
            workspace_id=self.workspace,
            inbox=inbox,
            contact=self.contact,
            page_url=origin + visit.page,
            created_at=created_at,
            status=Conversation.Status.RESOLVED,
        )

    @property
    def ended_at(self):
        """When it was resolved, or rated after that."""
        return self.entries[-1].created_at.timestamp()

    def add_message(self, author, at, text):
        """author: "contact", "agent" or "note", as in cast.json."""
        by = {"contact": self.contact} if author == "contact" else {"author_id": self.assignee.id}
        message = self.add(KINDS[author], at, body=text, client_id=new_id(), **by)
        self.conversation.preview = preview(text)
        self.conversation.preview_kind = message.kind
        self.conversation.last_activity_at = message.created_at

    def add_activity(self, activity, at, *, by=None, **details):
        self.add("activity", at, activity=activity, author_id=by and by.id, details=details)

    def add(self, kind, at, **fields):
        self.conversation.last_seq += 1
        message = Message(
            pk=id_at(at),  # the bell looks for events among the ids of the last minute
            workspace_id=self.workspace,
            conversation=self.conversation,
            seq=self.conversation.last_seq,
            kind=kind,
            created_at=as_time(at),
            **fields,
        )
        self.entries.append(message)
        return message

    def add_waiting(self, trigger, at, candidates, microseconds):
        decision = self.decide(trigger, Rule.QUEUED, at, candidates, microseconds)
        reason = explain_unassigned(decision.tally)
        self.add_activity("waiting", at + INSTANT, reason=reason, decision=str(decision.pk))

    def assign(self, member, trigger, at, candidates, microseconds):
        decision = self.decide(trigger, Rule.ROUND_ROBIN, at, candidates, microseconds, member)
        reason = explain_choice(decision.rule, decision.tally)
        self.change_assignee(member, at + INSTANT, reason=reason, decision=str(decision.pk))
        self.conversation.is_routed = True

    def assign_by_hand(self, member, at, *, by):
        self.change_assignee(member, at, by=by)
        self.conversation.is_routed = False

    def change_assignee(self, member, at, *, by=None, **reason):
        self.assignee, self.conversation.assignee_id = member, member.id
        details = {"to": member.name, "to_id": str(member.id)} | reason
        self.add_activity("assigned", at, by=by, **details)

    def keep(self, at, candidates, microseconds):
        assignee = self.assignee
        decision = self.decide(Trigger.REOPENED, Rule.KEPT, at, candidates, microseconds, assignee)
        reason, pk = decision.sentence, str(decision.pk)
        self.add_activity("kept", at + INSTANT, reason=reason, decision=pk)
        self.conversation.is_routed = True

    def rate(self, at, *, rating, comment=""):
        self.conversation.rating = rating
        self.add_activity(
            "rated",
            at,
            contact=self.contact.display_name,
            rating=rating,
            comment=comment,
            agent=self.assignee.name,
            agent_id=str(self.assignee.id),
        )

    def decide(self, trigger, rule, at, candidates, microseconds, member=None):
        decision = Decision(
            workspace_id=self.workspace,
            conversation=self.conversation,
            trigger=trigger,
            rule=rule,
            candidates=[as_row(each) for each in candidates],
            tally=count_statuses(candidates),
            chosen_id=member and member.id,
            chosen_name=member.name if member else "",
            microseconds=microseconds,
            created_at=as_time(at),
        )
        self.decisions.append(decision)
        return decision


def id_at(seconds):
    return uuid7(nanoseconds=int(seconds * 10**9))


def as_time(seconds):
    return datetime.fromtimestamp(seconds, UTC)
