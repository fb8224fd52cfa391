"""One replay: the events of the past in order, and what the rules make of each."""

from heapq import heappop, heappush
from itertools import count

from routing.simulator.assigning import Chat, Giving
from routing.simulator.history import AVAILABLE, History, Outcome, Rules

# What happens in the same moment happens in this order.
HOURS, STATE, LOAD, END, ARRIVAL, REPLY, TIMER = range(7)
MINUTE = 60


def simulate(history: History, rules: Rules) -> list[Outcome]:
    """What would have become of the arrivals, in their order."""
    run = Run(history, rules)
    while run.events:
        run.step()
    return [chat.outcome for chat in run.chats]


class Run(Giving):
    def __init__(self, history, rules):
        super().__init__(history, rules)
        self.chats = [Chat(each) for each in sorted(history.arrivals, key=lambda each: each.at)]
        self.overdue = {}  # {chat: None}: the first that became so is the first that moves
        self.ends, self.number = history.ends, count()
        self.events = []
        for event in self.past(history):
            self.plan(*event)

    def past(self, history):
        yield from ((at, HOURS, self.open_or_close, is_open) for at, is_open in history.hours)
        for person in history.people:
            agent = self.agents[person.id]
            yield from ((at, STATE, self.change_state, agent, code) for at, code in person.states)
        for at, pk, step in history.held:
            yield at, LOAD, self.change_load, self.agents[pk], step
        for chat in self.chats:
            yield chat.arrival.at, ARRIVAL, self.arrive, chat
            yield from ((at, REPLY, self.reply, chat) for at in chat.arrival.replies)

    def plan(self, at, kind, action, *about):
        if at <= self.ends:
            heappush(self.events, (at, kind, next(self.number), action, about))

    def step(self):
        self.now, _kind, _number, action, about = heappop(self.events)
        action(*about)

    def open_or_close(self, is_open):
        for agent in self.agents.values():
            self.change(agent, is_open=is_open)
        self.give_out()

    def change_state(self, agent, code):
        has_come = code == AVAILABLE != agent.code
        self.change(agent, code=code)
        if has_come:
            self.restart_timers(agent)
        self.give_out()

    def change_load(self, agent, step):
        self.change(agent, load=agent.load + step)
        self.give_out()

    def arrive(self, chat):
        if not self.keep(chat) and not self.find_somebody(chat):
            self.waiting.append(chat)

    def reply(self, chat):
        """«Reassign replies»: as in routing.actions.assignment."""
        if chat.agent is not None and chat.agent.reassigns:
            self.give_on(chat)

    def give(self, chat, agent, minutes):
        goes_on = chat.is_answered(self.now)
        super().give(chat, agent, minutes)
        if not goes_on:
            chat.ends = chat.arrival.ends_when(self.now)
        if chat.ends is not None:
            self.plan(chat.ends, END, self.end, chat, chat.given)
        self.start_timer(chat)
        return True

    def give_on(self, chat):
        """From whoever has it to another; False: nobody else is available."""
        had_it = chat.agent
        if not self.give_to_another(chat):
            return False
        self.overdue.pop(chat, None)
        self.change(had_it, load=had_it.load - 1)
        return True

    def end(self, chat, given):
        if chat.given == given:
            agent, chat.agent = chat.agent, None
            self.change_load(agent, -1)

    def give_out(self):
        """What waits goes first, the longest first; then what waits too long for its answer.

        Nobody has had what waits, so what holds for the first of it holds for all.
        """
        while self.waiting and (
            self.is_closed(self.waiting[0]) or self.find_somebody(self.waiting[0])
        ):
            self.waiting.popleft()
        if self.somebody_came and self.pool.available:
            self.reassign_overdue()

    def is_closed(self, chat):
        """It was resolved or snoozed straight from the queue by now."""
        closed_at = chat.arrival.closed_at
        return closed_at is not None and closed_at <= self.now

    # The answer-by timer: as in routing.actions.timer and .overdue.

    def start_timer(self, chat):
        chat.started += 1
        if chat.minutes and self.has_others(chat):
            chat.agent.timed.append(chat)
            at = self.now + chat.minutes * MINUTE
            self.plan(at, TIMER, self.time_is_over, chat, chat.started)

    def has_others(self, chat):
        """Somebody is left who has not had it. Nobody is: it stays, and no timer changes that."""
        owner = self.owner_of(chat)
        had_it = chat.timed_out_for | {chat.agent}
        return not (self.pool.coming <= had_it and (owner is None or owner in had_it))

    def time_is_over(self, chat, started):
        if chat.started == started and self.is_unanswered(chat):
            self.overdue[chat] = None
            self.pass_on(chat)

    def is_unanswered(self, chat):
        return chat.agent is not None and not chat.is_answered(self.now)

    def reassign_overdue(self):
        """Who has had one and who has it stay the same, so whatever moved to nobody moves only
        after somebody came, which may happen once more while these are passed on."""
        self.somebody_came = False
        for chat in list(self.overdue):
            if self.is_unanswered(chat):
                self.pass_on(chat)
            else:
                del self.overdue[chat]

    def pass_on(self, chat):
        """To another who is available. Nobody is: it stays, until somebody is."""
        had_it = chat.agent
        chat.timed_out_for.add(had_it)
        if self.give_on(chat):
            chat.outcome.passes += 1
        else:
            chat.timed_out_for.remove(had_it)

    def restart_timers(self, agent):
        """Whoever was not there and comes has the whole time to answer what they find."""
        timed, agent.timed = agent.timed, []
        for chat in timed:
            if chat.agent is agent and self.is_unanswered(chat):
                self.overdue.pop(chat, None)
                self.start_timer(chat)
