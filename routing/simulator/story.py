"""A conversation's timeline, read entry by entry: when its contact wanted somebody, who had it."""

from operator import itemgetter

from routing.simulator.history import Arrival


class Story:
    """arrivals: what Arrival is made of. holds: (from, until or None, person, arrival or None):
    who had it while it was open, and since which arrival.
    """

    def __init__(self, number, owner, at):
        self.number, self.owner = number, owner
        self.arrivals, self.holds = [], []
        self.holder = self.before = self.since = None
        self.is_open = self.is_new = True
        self.begin(at)

    def read(self, what, at, author, to):
        """what: an activity, "reply" or "contact"."""
        if what in STEPS:
            STEPS[what](self, at, author, to)

    def end(self):
        self.note_hold(None)
        return self

    def begin(self, at):
        self.arrival = {"number": self.number, "owner": self.owner, "at": at}
        self.arrivals.append(self.arrival)

    def write(self, at, _author, _to):
        """The first that a contact writes is the arrival itself."""
        if self.arrival is not None and not self.is_new:
            self.arrival.setdefault("replies", []).append(at)
        self.is_new = False

    def reopen(self, at, author, _to):
        """By the contact: they want somebody, who is found by what comes next. By an agent: it
        goes on where it stopped."""
        self.is_open, self.since = True, at
        if author is None:
            self.before, self.holder = self.holder, None
            self.begin(at)
            self.arrival |= {"reopened": True, "before": self.before}

    def assign(self, at, author, to):
        self.hand_to(to, at)
        if self.arrival is not None and to is not None:
            if "had_at" not in self.arrival:
                self.arrival |= {"had_at": at, "first": None if author else to}
            if "answered_at" not in self.arrival:
                self.arrival |= {"had": to, "got_at": at}

    def keep(self, at, author, _to):
        self.assign(at, author, self.before)

    def put_back(self, at, _author, _to):
        self.hand_to(None, at)

    def answer(self, at, author, _to):
        """Whoever has it counts, else who answers: that takes it."""
        if self.arrival is None or "answered_at" in self.arrival:
            return
        self.arrival |= {"answered_at": at, "had": self.holder or author}
        if self.holder is None:
            self.arrival["got_at"] = None
        self.arrival.setdefault("had_at", at)

    def close(self, at, _author, _to):
        self.note_hold(at)
        self.is_open = False
        if self.arrival is not None:
            self.arrival["ends"] = at
            self.arrival = None

    def wake(self, at, _author, _to):
        self.is_open, self.since = True, at

    def hand_to(self, person, at):
        self.note_hold(at)
        self.holder, self.since = person, at

    def note_hold(self, until):
        if self.holder is not None and self.is_open:
            self.holds.append((self.since, until, self.holder, self.arrival))


STEPS = {
    "contact": Story.write,
    "reply": Story.answer,
    "reopened": Story.reopen,
    "assigned": Story.assign,
    "kept": Story.keep,
    "unassigned": Story.put_back,
    "returned": Story.put_back,
    "resolved": Story.close,
    "snoozed": Story.close,
    "woken": Story.wake,
}


def arrivals_of(stories, since) -> list[Arrival]:
    """Those from `since` on, in their order."""
    found = (each for story in stories for each in story.arrivals if each["at"] >= since)
    return [Arrival(**each) for each in sorted(found, key=itemgetter("at"))]


def holds_before(stories, since) -> list[tuple]:
    """History.held of what is not an arrival from `since` on: somebody had it already, or has it
    because it came back from a snooze."""
    return loads(
        hold
        for story in stories
        for *hold, arrival in story.holds
        if arrival is None or arrival["at"] < since
    )


def all_holds(stories) -> list[tuple]:
    """History.held of conversations that are not played."""
    return loads(hold for story in stories for *hold, _arrival in story.holds)


def loads(holds):
    held = []
    for begin, until, person in holds:
        held.append((begin, person, 1))
        if until is not None:
            held.append((until, person, -1))
    return held
