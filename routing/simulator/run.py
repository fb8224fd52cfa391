"""One replay: the events of the past in order, and what the rules make of each."""

from heapq import heappop, heappush
from itertools import count

from routing.simulator.assigning import Assigning, Chat
from routing.simulator.history import AVAILABLE, History, Outcome, Rules

# Events of the same moment happen in this order.
HOURS, STATE, OPEN_COUNT, END, ARRIVAL, REPLY, TIMER = range(7)
MINUTE = 60


def simulate(history: History, rules: Rules) -> list[Outcome]:
    """Return the simulated outcomes of the arrivals, in their order."""
    run = Run(history, rules)
    while run.events:
        run.step()
    return [chat.outcome for chat in run.chats]


class Run(Assigning):
    def __init__(self, history, rules):
        super().__init__(history, rules)
        self.chats = [Chat(each) for each in sorted(history.arrivals, key=lambda each: each.at)]
        self.overdue = {}  # {chat: None}: the first that became so is reassigned first
        self.ends_at, self.number = history.ends_at, count()
        self.events = []
        for event in self.past_events(history):
            self.plan(*event)

    def past_events(self, history):
        yield from ((at, HOURS, self.open_or_close, is_open) for at, is_open in history.hours)
        for member in history.members:
            agent = self.agents[member.id]
            yield from ((at, STATE, self.change_state, agent, state) for at, state in member.states)
        for at, pk, step in history.open_changes:
            yield at, OPEN_COUNT, self.change_open_count, self.agents[pk], step
        for chat in self.chats:
            yield chat.arrival.at, ARRIVAL, self.arrive, chat
            yield from ((at, REPLY, self.reply, chat) for at in chat.arrival.replies)

    def plan(self, at, kind, action, *args):
        if at <= self.ends_at:
            heappush(self.events, (at, kind, next(self.number), action, args))

    def step(self):
        self.now, _kind, _number, action, args = heappop(self.events)
        action(*args)

    def open_or_close(self, is_open):
        for agent in self.agents.values():
            self.change(agent, is_inbox_open=is_open)
        self.assign_queue()

    def change_state(self, agent, state):
        has_come = state == AVAILABLE != agent.state
        self.change(agent, state=state)
        if has_come:
            self.restart_timers(agent)
        self.assign_queue()

    def change_open_count(self, agent, step):
        self.change(agent, open_count=agent.open_count + step)
        self.assign_queue()

    def arrive(self, chat):
        arrival, previous = chat.arrival, None
        if arrival.reopened:
            pk = self.last_assignees.get(arrival.number, arrival.previous_assignee)
            previous = self.agents.get(pk)
        if not self.assign(chat, previous=previous):
            self.waiting.append(chat)

    def reply(self, chat):
        """The contact wrote to an agent who may be Away and reassign replies."""
        if chat.agent is not None and chat.agent.reassigns_replies:
            self.reassign(chat)

    def assign_to(self, agent, chat, minutes):
        goes_on = chat.is_answered(self.now)
        super().assign_to(agent, chat, minutes)
        if not goes_on:
            chat.ends_at = chat.arrival.ends_when(self.now)
        if chat.ends_at is not None:
            self.plan(chat.ends_at, END, self.end, chat, chat.assigned)
        self.start_timer(chat)

    def reassign(self, chat):
        last_assignee = chat.agent
        if not super().reassign(chat):
            return False
        self.overdue.pop(chat, None)
        self.change(last_assignee, open_count=last_assignee.open_count - 1)
        return True

    def end(self, chat, assigned):
        if chat.assigned == assigned:
            agent, chat.agent = chat.agent, None
            self.change_open_count(agent, -1)

    def assign_queue(self):
        """Assign waiting conversations, oldest first, then reassign those not answered in time.

        No one has had a waiting conversation before, so if the first can't be assigned, none can.
        """
        while self.waiting and (self.is_closed(self.waiting[0]) or self.assign(self.waiting[0])):
            self.waiting.popleft()
        if self.someone_came and self.pool.available:
            self.reassign_all_overdue()

    def is_closed(self, chat):
        """Whether it was resolved or snoozed straight from the queue by now."""
        closed_at = chat.arrival.closed_in_queue_at
        return closed_at is not None and closed_at <= self.now

    # The response timer, as in routing.actions.timers and .overdue.

    def start_timer(self, chat):
        chat.started += 1
        if chat.minutes and self.has_others(chat):
            chat.agent.timed.append(chat)
            at = self.now + chat.minutes * MINUTE
            self.plan(at, TIMER, self.time_out, chat, chat.started)

    def has_others(self, chat):
        """Whether someone is left who hasn't had it. If no one is, no timer changes anything."""
        owner = self.facts_of(chat).eligible_owner(self.rules)
        had_it = chat.timed_out_for | {chat.agent.pk}
        return not (self.pool.coming <= had_it and (owner is None or owner in had_it))

    def time_out(self, chat, started):
        if chat.started == started and self.is_unanswered(chat):
            self.overdue[chat] = None
            self.reassign_overdue(chat)

    def is_unanswered(self, chat):
        return chat.agent is not None and not chat.is_answered(self.now)

    def reassign_all_overdue(self):
        """While no one comes online, nothing changes about who has a conversation and who has had
        it. So one that couldn't be reassigned is only tried again after someone came online,
        possibly during this call."""
        self.someone_came = False
        for chat in list(self.overdue):
            if self.is_unanswered(chat):
                self.reassign_overdue(chat)
            else:
                del self.overdue[chat]

    def reassign_overdue(self, chat):
        """Reassign it to someone who is available; otherwise it stays, until someone is."""
        timed_out_for = chat.timed_out_for
        chat.timed_out_for = timed_out_for | {chat.agent.pk}
        if self.reassign(chat):
            chat.outcome.timeouts += 1
        else:
            chat.timed_out_for = timed_out_for

    def restart_timers(self, agent):
        """Give an agent who comes the whole time to answer what they find."""
        timed, agent.timed = agent.timed, []
        for chat in timed:
            if chat.agent is agent and self.is_unanswered(chat):
                self.overdue.pop(chat, None)
                self.start_timer(chat)
