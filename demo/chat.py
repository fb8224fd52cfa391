"""The rows of one conversation of the past, as the product's verbs would have written them."""

from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from inbox.models import Contact, Conversation, Message
from messagehub.lib.ids import new_id
from messagehub.lib.text import preview
from routing.actions.engine import as_row
from routing.candidates import tally
from routing.explanations import explain_choice, explain_unassigned
from routing.models import Decision
from routing.explanations import explain_choice, explain_unassigned

INSTANT = 0.004  # seconds between two entries that one verb writes
KINDS = {"contact": "contact", "agent": "reply", "note": "note"}


class Chat:
    """conversation, contact, entries and decisions: not stored yet. holder: the Person who has it.

    Moments are seconds since 1970.
    """

    def __init__(self, inbox, visit, origin):
        self.workspace, self.holder = inbox.workspace_id, None
        self.is_told = False  # to its end: else it is left out
        self.entries, self.decisions = [], []
        # Contacts are listed by their ids, which are ordered by time.
        pk, created = uuid7(nanoseconds=int(visit.at * 10**9)), at(visit.at)
        self.contact = Contact(
            pk=pk,
            workspace_id=self.workspace,
            created_at=created,
            name=visit.name,
            email=visit.email,
        )
        self.conversation = Conversation(
            workspace_id=self.workspace,
            inbox=inbox,
            contact=self.contact,
            page_url=origin + visit.page,
            created_at=created,
            status=Conversation.Status.RESOLVED,
        )

    def says(self, who, moment, words):
        """who: as in cast.json."""
        by = {"contact": self.contact} if who == "contact" else {"author_id": self.holder.id}
        message = self.add(KINDS[who], moment, body=words, client_id=new_id(), **by)
        self.conversation.preview = preview(words)
        self.conversation.preview_kind = message.kind
        self.conversation.last_activity_at = message.created_at

    def notes(self, activity, moment, *, by=None, **details):
        self.add("activity", moment, activity=activity, author_id=by and by.id, details=details)

    @property
    def ended(self):
        """When it was resolved."""
        return self.entries[-1].created_at.timestamp()

    def add(self, kind, moment, **fields):
        self.conversation.last_seq += 1
        message = Message(
            workspace_id=self.workspace,
            conversation=self.conversation,
            seq=self.conversation.last_seq,
            kind=kind,
            created_at=at(moment),
            **fields,
        )
        self.entries.append(message)
        return message

    def waits(self, trigger, moment, candidates, microseconds):
        decision = self.decide(trigger, "nobody", moment, candidates, microseconds)
        words = explain_unassigned(decision.tally)
        self.notes("waiting", moment + INSTANT, reason=words, decision=str(decision.pk))

    def goes_to(self, person, trigger, moment, candidates, microseconds):
        decision = self.decide(trigger, "round_robin", moment, candidates, microseconds, person)
        words = explain_choice(decision.rule, decision.tally)
        self.hand_to(person, moment + INSTANT, reason=words, decision=str(decision.pk))
        self.conversation.is_routed = True

    def hand_to(self, person, moment, *, by=None, **why):
        self.holder, self.conversation.assignee_id = person, person.id
        self.conversation.is_routed = False
        self.notes("assigned", moment, by=by, to=person.name, to_id=str(person.id), **why)

    def stays(self, moment, candidates, microseconds):
        decision = self.decide("reopened", "keep", moment, candidates, microseconds, self.holder)
        words, pk = decision.sentence, str(decision.pk)
        self.notes("kept", moment + INSTANT, reason=words, decision=pk)
        self.conversation.is_routed = True

    def decide(self, trigger, rule, moment, candidates, microseconds, person=None):
        decision = Decision(
            workspace_id=self.workspace,
            conversation=self.conversation,
            trigger=trigger,
            rule=rule,
            candidates=[as_row(each) for each in candidates],
            tally=tally(candidates),
            chosen_id=person and person.id,
            chosen_name=person.name if person else "",
            microseconds=microseconds,
            created_at=at(moment),
        )
        self.decisions.append(decision)
        return decision


def at(moment):
    return datetime.fromtimestamp(moment, UTC)
