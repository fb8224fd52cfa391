"""Carries out a plan of routing.policy for one conversation, under its locks."""

from collections import Counter
from dataclasses import replace
from functools import cached_property
from time import perf_counter

from django.db import connection

from inbox.actions.assignment import assign_conversation, lock_assignable_member
from inbox.open_counts import count_towards_capacity
from messagehub.lib.round_trip import one_round_trip
from routing.actions.decision import record_decision, team_name
from routing.actions.timers import start_timer, timer_minutes
from routing.candidates import CandidatePool, history_of
from routing.explanations import explain_choice, explain_reassignment
from routing.models import Routing, Trigger
from routing.policy import Candidate, StepKind, count_statuses, sort_candidates, with_history
from routing.rules import AVAILABLE_RULES, ROTATION_RULES, CandidateStatus
from routing.targets import possible_assignees
from routing.waiting import waits_longer


class Assignment:
    """Finds out who can get the locked conversation of `change`, and assigns it to them.

    The inbox's routing row is locked. expected_assignee: who must still have the conversation when
    it is assigned, or None. older_first: if another conversation waits longer and could go to the
    same member, nothing is assigned and `must_wait` is set: the caller assigns the older one first.
    """

    def __init__(self, change, trigger, *, older_first=False):
        self.started = perf_counter()
        self.change, self.cause, self.older_first = change, trigger, older_first
        self.conversation = change.conversation
        self.inbox = self.conversation.inbox
        self.routing = Routing.objects.lock(self.inbox)
        self.expected_assignee = self.conversation.assignee
        self.step = self.rule = None  # how it was assigned or kept
        self.must_wait = False

    @cached_property
    def facts(self):
        assignee = self.conversation.assignee
        return history_of(
            self.conversation,
            owner=self.find_owner(),
            assignee=assignee and assignee.pk,
            reassigns_replies=bool(assignee and assignee.away_at and assignee.reassign_replies),
        )

    def find_owner(self):
        """Return the id of the contact's owner if the inbox routes to owners and they can get it.

        Read now, because it may have been set while this waited for the conversation's row.
        """
        if not self.routing.to_owner:
            return None
        members = possible_assignees(self.inbox, self.conversation.team_id)
        owners = members.filter(owned_contacts=self.conversation.contact_id)
        return owners.values_list("pk", flat=True).first()

    @cached_property
    def pool(self):
        pool = CandidatePool(
            self.inbox,
            team=self.conversation.team_id,
            count_all=self.routing.fewest_open_first,
            partial=True,
            online=self.change.online,
        )
        self.change.online = pool.online
        return pool

    @cached_property
    def checked(self):
        """The candidates of the pool, corrected by what their locked rows say."""
        return self.pool.candidates()

    @property
    def candidates(self):
        """The checked candidates with what they did with this conversation before."""
        return with_history(self.checked, self.facts)

    @property
    def trigger(self):
        reassigns_reply = self.step is not None and self.step.reassigns_reply
        return Trigger.REASSIGN if reassigns_reply else self.cause

    @property
    def needs_email(self):
        """Return whether the new assignee gets an email, because they weren't available."""
        return self.step.kind is not StepKind.KEEP and self.rule not in AVAILABLE_RULES

    def carry_out(self, make_plan):
        """Try the steps of the plan in order. Returns the new assignee, or None.

        If a member's locked row differs from the facts, the facts are corrected and a new plan is
        made from them.
        """
        while True:
            is_complete = not self.pool.is_partial
            plan = make_plan(self.facts, self.routing, self.checked, is_complete=is_complete)
            self.step = next(plan, None)
            if self.step is None and is_complete:
                return None
            if self.step is None:
                self.check_everyone()
            elif self.step.kind is StepKind.QUEUE or self.is_overtaking():
                self.prepare_step()
                return None
            elif locked := self.lock_member():
                return self.finish(*locked)

    def check_everyone(self):
        """Check everyone, because no one in the partial pool can take it."""
        self.pool = self.pool.full()
        del self.checked

    def is_overtaking(self):
        """Check once whether the next in the rotation could get one that waits longer."""
        is_new = not self.step.from_assignee and not self.step.retries_timed_out
        if self.older_first and is_new and self.step.kind is StepKind.ROTATION:
            self.older_first = False
            self.must_wait = waits_longer(self.conversation, self.step.members[0])
        return self.must_wait

    def prepare_step(self):
        """Release the conversation from its last assignee, unless the step moves it from them."""
        if not self.step.from_assignee:
            self.expected_assignee = self.conversation.assignee = None
        if self.step.retries_timed_out:
            self.retry_timed_out()

    def retry_timed_out(self):
        self.conversation.timed_out_for = []
        self.facts = replace(self.facts, timed_out_for=frozenset())
        self.change.touch()

    def lock_member(self):
        """Lock the first member whom the step accepts. Returns (member, candidate), or None."""
        for pk in self.step.members:
            held, candidate = self.lock_if(pk, self.step.accepts)
            if held is not None:
                return held, candidate
            self.correct_facts(pk, candidate)
        return None

    def lock_if(self, pk, accepts):
        """Lock the member if accepted. Return (membership or None, current candidate or None).

        The lock lasts until the commit. A member who isn't accepted is unlocked at once by rolling
        back to a savepoint, because holding one while waiting for the next can deadlock with an
        assignment in a different inbox.
        """
        with connection.cursor() as cursor:
            with one_round_trip():
                cursor.execute("SAVEPOINT candidate")
                held = self.lock(pk)
            candidate = self.locked_candidate(held) if held else None
            if candidate is not None and accepts(candidate):
                return held, candidate
            with one_round_trip():
                cursor.execute("ROLLBACK TO SAVEPOINT candidate")
                cursor.execute("RELEASE SAVEPOINT candidate")
            return None, candidate

    def lock(self, pk):
        """Return the membership, its row locked until commit, or None if they lost the inbox."""
        return lock_assignable_member(pk, self.inbox)

    def locked_candidate(self, held):
        """Check Away, hours and open count again, now that no one can change them."""
        open_count = count_towards_capacity(held)
        status, is_online = self.pool.status(held, open_count)
        return Candidate(
            held.pk,
            held.name,
            status,
            open_count=open_count,
            capacity=held.capacity,
            wants_email=held.email_mine,
            is_online=is_online,
        )

    def correct_facts(self, pk, candidate):
        """Correct the facts. candidate: None if the member can't be assigned here any more."""
        if self.step.kind is StepKind.KEEP:
            self.facts = replace(self.facts, assignee=None)
        elif self.step.kind is StepKind.OWNER and candidate is None:
            self.facts = replace(self.facts, owner=None)
        elif self.step.kind is StepKind.OWNER:
            self.facts = replace(self.facts, owner_status=candidate.status)
        else:
            self.replace_candidate(pk, candidate)

    def replace_candidate(self, pk, candidate):
        if candidate is None:
            known = {"status": CandidateStatus.SUSPENDED}
        else:
            known = {"status": candidate.status, "wants_email": candidate.wants_email}
            if candidate.capacity is not None:
                known |= {"capacity": candidate.capacity, "open_count": candidate.open_count}
        self.checked = [
            each._replace(**known) if each.membership_id == pk else each for each in self.checked
        ]

    def finish(self, held, candidate):
        self.rule = self.step.rule_for(candidate, self.routing)
        if self.step.kind is StepKind.KEEP:
            return self.keep(held, self.rule)
        self.prepare_step()
        return self.assign(held, self.rule, owner_status=candidate.status)

    def assign(self, held, rule, *, owner_status=""):
        """Assign the conversation and record why.

        Returns None if they have it already: they became available while this waited for their row.
        """
        expected = self.expected_assignee
        if expected is not None and expected.pk == held.pk:
            return None
        tally = self.status_counts
        with self.conversation.workspace.in_language():
            reason = self.explain(rule, tally, owner_status)
        with one_round_trip():
            decision = self.record(rule, tally, held)
            assign_conversation(
                self.conversation,
                assignee=held,
                expected_assignee=expected,
                is_locked=True,
                reason=reason,
                decision=str(decision.pk),
            )
        start_timer(self.conversation, self.routing, rule)
        return held

    def explain(self, rule, tally, owner_status):
        conversation, expected = self.conversation, self.expected_assignee
        team = team_name(conversation)
        reason = explain_choice(rule, tally, owner_status=owner_status, team=team)
        if expected is None:
            return reason
        minutes = timer_minutes(conversation)
        return explain_reassignment(self.trigger, expected.name, reason, minutes)

    def keep(self, held, rule):
        """Leave it with its last assignee, and say why on the timeline."""
        decision = self.record(rule, self.status_counts, held)
        with self.conversation.workspace.in_language():
            reason = decision.sentence
        self.change.add_activity("kept", reason=reason, decision=str(decision.pk))
        self.conversation.is_routed = True
        start_timer(self.conversation, self.routing, rule)
        return held

    @property
    def status_counts(self):
        found = Counter(count_statuses(self.candidates)) + Counter(self.pool.unchecked)
        return dict(found.most_common())

    def record(self, rule, tally, chosen=None):
        return record_decision(
            self.conversation,
            trigger=self.trigger,
            rule=rule,
            candidates=sort_candidates(self.candidates, self.routing),
            tally=tally,
            chosen=chosen,
            seconds=perf_counter() - self.started,
            moved=rule in ROTATION_RULES,
        )
