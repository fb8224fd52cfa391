"""Reads a conversation's timeline entry by entry: when it needed an agent, and who had it."""

from operator import itemgetter

from routing.simulator.history import Arrival


class Story:
    """arrivals: the fields of each Arrival; holds: (from, until or None, member, arrival or None)
    for each time someone had it while it was open, and since which arrival.
    """

    def __init__(self, number, owner, at):
        self.number, self.owner = number, owner
        self.arrivals, self.holds = [], []
        self.assignee = self.previous_assignee = self.since = None
        self.is_open = self.is_new = True
        self.begin(at)

    def read(self, kind, at, author, to):
        """kind: the name of an activity, "reply" or "contact"."""
        if kind in STEPS:
            STEPS[kind](self, at, author, to)

    def end(self):
        self.note_hold(None)
        return self

    def begin(self, at):
        self.arrival = {"number": self.number, "owner": self.owner, "at": at}
        self.arrivals.append(self.arrival)

    def write(self, at, _author, _to):
        """The first message of a contact is the arrival itself."""
        if self.arrival is not None and not self.is_new:
            self.arrival.setdefault("replies", []).append(at)
        self.is_new = False

    def reopen(self, at, author, _to):
        """If the contact reopens it, it needs an agent, and the next entries say who got it. If an
        agent does, it goes on where it stopped."""
        self.is_open, self.since = True, at
        if author is None:
            self.previous_assignee, self.assignee = self.assignee, None
            self.begin(at)
            self.arrival |= {"reopened": True, "previous_assignee": self.previous_assignee}

    def assign(self, at, author, to):
        self.change_assignee(to, at)
        if self.arrival is not None and to is not None:
            if "first_assigned_at" not in self.arrival:
                first_assignee = None if author else to
                self.arrival |= {"first_assigned_at": at, "first_assignee": first_assignee}
            if "answered_at" not in self.arrival:
                self.arrival |= {"assignee": to, "assigned_at": at}

    def keep(self, at, author, _to):
        self.assign(at, author, self.previous_assignee)

    def unassign(self, at, _author, _to):
        self.change_assignee(None, at)

    def answer(self, at, author, _to):
        """The assignee counts as the one who answered, or the author who took it by answering."""
        if self.arrival is None or "answered_at" in self.arrival:
            return
        self.arrival |= {"answered_at": at, "assignee": self.assignee or author}
        if self.assignee is None:
            self.arrival["assigned_at"] = None
        self.arrival.setdefault("first_assigned_at", at)

    def close(self, at, _author, _to):
        self.note_hold(at)
        self.is_open = False
        if self.arrival is not None:
            self.arrival["ends_at"] = at
            self.arrival = None

    def wake(self, at, _author, _to):
        self.is_open, self.since = True, at

    def change_assignee(self, member, at):
        self.note_hold(at)
        self.assignee, self.since = member, at

    def note_hold(self, until):
        if self.assignee is not None and self.is_open:
            self.holds.append((self.since, until, self.assignee, self.arrival))


STEPS = {
    "contact": Story.write,
    "reply": Story.answer,
    "reopened": Story.reopen,
    "assigned": Story.assign,
    "kept": Story.keep,
    "unassigned": Story.unassign,
    "returned": Story.unassign,
    "resolved": Story.close,
    "snoozed": Story.close,
    "woken": Story.wake,
}


def arrivals_of(stories, since) -> list[Arrival]:
    """Return those from `since` on, in their order."""
    found = (each for story in stories for each in story.arrivals if each["at"] >= since)
    return [Arrival(**each) for each in sorted(found, key=itemgetter("at"))]


def open_changes_before(stories, since) -> list[tuple]:
    """Return History.open_changes of what isn't an arrival from `since` on: it was assigned
    already, or came back from a snooze."""
    return as_changes(
        hold
        for story in stories
        for *hold, arrival in story.holds
        if arrival is None or arrival["at"] < since
    )


def all_open_changes(stories) -> list[tuple]:
    """Return History.open_changes of conversations that aren't replayed."""
    return as_changes(hold for story in stories for *hold, _arrival in story.holds)


def as_changes(holds):
    changes = []
    for begin, until, member in holds:
        changes.append((begin, member, 1))
        if until is not None:
            changes.append((until, member, -1))
    return changes
