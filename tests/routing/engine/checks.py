"""Check every decision when it is made, and everything after the clock has run."""

from inbox.models import Conversation
from routing.candidates import list_candidates
from routing.models import Decision, Routing
from routing.policy import count_statuses
from teams.models import Membership
from tests.routing.engine.company import Company

BY_TURN = ("round_robin", "fewest_open")


class Checks:
    """company: the expected state. chosen_by_hand: {conversation: assignee chosen by a person}."""

    def __init__(self, company: Company):
        self.company = company
        self.chosen_by_hand = {}

    def assigned(self, assignment, held, rule):
        """Check that routing may assign this conversation to `held`, or leave it with them."""
        company, conversation = self.company, assignment.conversation
        company.look()
        person, desk = company.person(held.pk), company.desk_of(conversation)
        assert conversation.is_open
        assert company.may_open(person, desk)
        if conversation.pk in self.chosen_by_hand:
            had_it = company.person(self.chosen_by_hand.pop(conversation.pk))
            assert assignment.trigger == "reassign", "a person's choice was changed"
            assert had_it.away
            assert had_it.reassigns
        state = company.code(person, desk)
        if rule in BY_TURN:
            assert rule == BY_TURN[desk.rules["fewest_open_first"]]
            assert person is company.next(conversation)
            assert assignment.expected_assignee or not self.overtaken(conversation, person)
        elif rule in ("lead", "lead_online"):
            assert (rule == "lead_online") == (
                state == "inbox_closed" and company.is_online(person)
            )
            assert desk.rules["leads"] == Routing.Leads.ASSIGN
            assert company.next(conversation) is None
            assert person is company.next_lead(conversation)
        elif rule.startswith("owner"):
            assert person is company.owner(conversation)
            assert rule == self.owner_rule(person, state)
        elif rule == "kept":
            assert state == "available"
        else:
            assert rule == "kept_offline"
            assert desk.rules["keep_reopened"]
            assert state != "available"

    def overtaken(self, conversation, person):
        """Return older waiting conversations that could be assigned to this member as well."""
        since = waiting_since(conversation)
        others = Conversation.objects.open().filter(inbox=conversation.inbox_id, assignee=None)
        return [
            each
            for each in others.exclude(pk=conversation.pk)
            if waiting_since(each) < since
            and person.pk not in (*each.released_by, *each.timed_out_for)
        ]

    def owner_rule(self, person, state):
        if state == "available":
            return "owner"
        if self.company.is_online(person):
            return "owner_online"
        if self.company.state(person) == "unknown":
            return "owner_unknown"
        return "owner_offline" if person.wants_email else "owner_offline_no_email"

    def everything(self):
        self.company.look()
        for conversation in Conversation.objects.open().select_related("contact", "inbox"):
            if conversation.assignee_id is None:
                self.waiting(conversation)
            else:
                self.held(conversation)
        for pk, person in self.chosen_by_hand.items():
            assert Conversation.objects.get(pk=pk).assignee_id == person
        if not self.company.is_blind:
            self.announced()

    def waiting(self, conversation):
        company = self.company
        reasons = company.tally(conversation)
        assert "available" not in reasons
        assert company.owner(conversation) is None
        if company.desk_of(conversation).rules["leads"] == Routing.Leads.ASSIGN:
            assert company.next_lead(conversation) is None
        now = list_candidates(conversation.inbox, conversation.inbox.routing, conversation)
        assert count_statuses(now) == reasons
        said = Decision.objects.filter(conversation=conversation).latest("created_at")
        assert (said.rule, said.tally) == ("queued", reasons)

    def held(self, conversation):
        company, desk = self.company, self.company.desk_of(conversation)
        person = company.person(conversation.assignee_id)
        assert company.may_open(person, desk)
        if conversation.is_overdue and conversation.is_routed and conversation.waiting_since:
            conversation.timed_out_for.append(person.pk)
            assert company.next(conversation) is None, "overdue, and someone else is available"

    def announced(self):
        """Check that everyone's status was published and recorded."""
        codes = dict(Membership.objects.active().values_list("pk", "announced_status"))
        for person in self.company.people.values():
            assert person.gone or codes[person.pk] == self.company.state(person)


def waiting_since(conversation):
    return conversation.waiting_since or conversation.created_at
