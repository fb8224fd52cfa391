from routing.models import Decision

<<<<<<<< HEAD:routing/actions/decision.py
MOST_KEPT = 50  # candidates with their names; of the others only how many had which status


def record_decision(conversation, *, trigger, rule, candidates, tally, chosen, seconds):
    """Store why the conversation went to the member `chosen`, or to no one (None).
========
from collections import Counter
from functools import cached_property
from time import perf_counter

from django.db import transaction

from inbox.actions.assignment import assign_conversation, lock_assignable_member
from routing.actions.timers import start_timer
from routing.actions.turn import take_turn
from routing.candidates import CandidatePool, tally
from routing.policy import AVAILABLE, choose, choose_lead
from routing.explanations import explain_choice, explain_reassignment
from routing.models import Decision, Routing
from routing.waiting import waits_longer
from routing.explanations import explain_choice, explain_reassignment
from teams.availability import REACHABLE, status_of
from inbox.open_counts import count_open_conversations

IN_TURN = ("round_robin", "fewest_open", "lead", "lead_online")
MOST_KEPT = 50  # candidates with their names; of the others only how many had which code


class Assignment:
    """Finds out who may have the locked conversation of `change`, and gives it to them.
>>>>>>>> integ:routing/actions/engine.py

    tally: how many candidates had which status, including those who were not checked one by one.
    """
<<<<<<<< HEAD:routing/actions/decision.py
    return Decision.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        trigger=trigger,
        rule=rule,
        candidates=[as_row(each) for each in candidates[:MOST_KEPT]],
        tally=tally,
        chosen=chosen,
        chosen_name=chosen.name[:80] if chosen else "",
        microseconds=int(seconds * 1_000_000),
    )
========

    def __init__(self, change, trigger):
        self.started = perf_counter()
        self.change, self.trigger = change, trigger
        self.conversation = change.conversation
        self.inbox = self.conversation.inbox
        self.routing = Routing.objects.lock(self.inbox)
        self.at = self.conversation.assignee
        self.was_there = True  # whoever got it: else they are told by email

    @cached_property
    def circle(self):
        fewest = self.routing.fewest_open_first
        circle = CandidatePool(self.inbox, count_all=fewest, nearest=True)
        self.change.online = circle.online
        return circle

    @cached_property
    def candidates(self):
        fewest = self.routing.fewest_open_first
        return self.circle.candidates(self.conversation, fewest_open_first=fewest)

    @property
    def tally(self):
        return dict((Counter(tally(self.candidates)) + Counter(self.circle.far)).most_common())

    def hold(self, pk):
        """The membership, its row held until commit, or None: it can have nothing here any more."""
        return lock_assignable_member(pk, self.inbox)

    def hold_if(self, pk, is_right):
        """(the membership, its row held until commit, or None; their code).

        Whoever is not right is let go at once, by going back to a savepoint: to hold one and wait
        for the next would be a deadlock with a decision of another inbox.
        """
        with transaction.atomic():
            held = self.hold(pk)
            code = self.code(held) if held else "suspended"
            if held is None or not is_right(held, code):
                transaction.set_rollback(True)
                held = None
        return held, code

    def code(self, held):
        """As it is now that nobody can change it: Away, hours, capacity counted anew."""
        return status_of(held, self.circle.online, open_count=load_of(held), now=self.circle.now)

    def give_to_next(self):
        """To whoever is available and next; None: nobody is."""
        given = self.give_to_available()
        if given is None and self.circle.is_partial:
            # Nobody is available: now the reasons of each count.
            self.circle = self.circle.full()
            del self.candidates
            given = self.give_to_available()
        return given

    def give_to_available(self):
        fewest = self.routing.fewest_open_first
        while chosen := choose(self.candidates, fewest_open_first=fewest):
            held, code = self.hold_if(chosen.membership_id, is_available)
            if held is not None:
                return self.give(held, self.rule)
            self.put(chosen, code=code)  # another one since the candidates were listed
        return None

    def forgive(self):
        """Better somebody who let it pass than nobody. Returns whether there was anybody such."""
        if not self.conversation.timed_out_for:
            return False
        self.conversation.timed_out_for = []
        self.change.touch()
        del self.candidates
        return True

    def give_as_lead(self):
        """To whoever is next although nobody is there; None: it stays in the queue."""
        fewest = self.routing.fewest_open_first
        while chosen := choose_lead(self.candidates, fewest_open_first=fewest):
            held, code = self.hold_if(chosen.membership_id, can_be_told)
            if held is not None:
                self.was_there = code == AVAILABLE and self.circle.is_open
                return self.give(held, self.rule if self.was_there else lead_rule(code))
            self.put(chosen, limit=0)
        return None

    @property
    def overtakes(self):
        """Whether some wait longer, in this inbox, that the next in turn could be given as well."""
        chosen = choose(self.candidates, fewest_open_first=self.routing.fewest_open_first)
        return chosen is not None and waits_longer(self.conversation, chosen.membership_id)

    @property
    def rule(self):
        return "fewest_open" if self.routing.fewest_open_first else "round_robin"

    def put(self, chosen, **known):
        self.candidates = [
            each._replace(**known) if each is chosen else each for each in self.candidates
        ]

    def give(self, held, rule, *, code=""):
        """Assign, with the decision behind it. Only who was asked in turn has had a turn.

        None: it is theirs already, for they came back while their row was waited for.
        """
        if self.at is not None and self.at.pk == held.pk:
            return None
        if rule in IN_TURN:
            take_turn(self.routing, held.pk)
        reason = explain_choice(rule, self.tally, owner_code=code)
        if self.at is not None:
            reason = explain_reassignment(self.trigger, self.at.name, reason, minutes(self.conversation))
        decision = self.write_down(rule, held)
        assign_conversation(
            self.conversation,
            assignee=held,
            expected_assignee=self.at,
            is_locked=True,
            reason=reason,
            decision=str(decision.pk),
        )
        start_timer(self.conversation, self.routing, rule)
        return held

    def keep(self, held, rule):
        """It stays with whoever had it, and the timeline says why."""
        decision = self.write_down(rule, held)
        self.change.add_activity("kept", reason=decision.sentence, decision=str(decision.pk))
        self.conversation.is_routed = True
        start_timer(self.conversation, self.routing, rule)

    def write_down(self, rule, chosen=None):
        return Decision.objects.create(
            workspace_id=self.conversation.workspace_id,
            conversation=self.conversation,
            trigger=self.trigger,
            rule=rule,
            candidates=[as_row(each) for each in self.candidates[:MOST_KEPT]],
            tally=self.tally,
            chosen=chosen,
            chosen_name=chosen.name[:80] if chosen else "",
            microseconds=int((perf_counter() - self.started) * 1_000_000),
        )


def lead_rule(code):
    """Outside the inbox's opening hours nobody is available for it; they may be there though."""
    return "lead_online" if code in REACHABLE else "lead"


def is_available(_held, code):
    return code == AVAILABLE


def can_be_told(held, _code):
    """By email, of a chat that they have room for."""
    return held.email_mine and (held.capacity is None or load_of(held) < held.capacity)


def load_of(held):
    """Open conversations over the whole workspace; without a limit nobody counts them."""
    if held.capacity is None:
        return 0
    return count_open_conversations(held.workspace_id, [held.pk]).get(held.pk, 0)


def minutes(conversation):
    """How long the answer-by timer ran."""
    if conversation.response_due_at is None:
        return 0
    return round((conversation.response_due_at - conversation.response_timer_started_at).total_seconds() / 60)
>>>>>>>> integ:routing/actions/engine.py


def as_row(candidate):
    """Return the candidate as it is stored with a decision."""
    row = candidate._asdict()
    del row["is_online"]
    return {"id": str(row.pop("membership_id")), **row}
