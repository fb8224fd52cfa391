"""Somebody during a replay: what they are and have at the moment that is played."""

from routing.policy import AT_CAPACITY, AVAILABLE, Candidate
from routing.simulator.history import AWAY, OFFLINE


class Agent:
    """candidate: as routing.policy sees them now. It is made anew only when something changed."""

    __slots__ = ("candidate", "code", "is_open", "limit", "load", "person", "timed", "turn")

    def __init__(self, person, limit):
        self.person, self.limit = person, limit
        self.code, self.is_open = OFFLINE, True
        self.load, self.turn = 0, None
        self.timed = []  # what they were given with a time to answer, answered or not
        self.show()

    @property
    def pk(self):
        return self.person.id

    @property
    def is_available(self):
        return self.candidate.code == AVAILABLE

    @property
    def is_ever_there(self):
        return any(code == AVAILABLE for _at, code in self.person.states)

    @property
    def reassigns(self):
        """What contacts reply to them now goes to another, if there is one."""
        return self.code == AWAY and self.person.reassigns

    def change(self, **known):
        """Returns whether they can take one now."""
        for name, value in known.items():
            setattr(self, name, value)
        self.show()
        return self.is_available

    def show(self):
        self.candidate = Candidate(
            membership_id=self.person.id,
            name=self.person.name,
            code=self.code_now(),
            turn=self.turn,
            load=self.load,
            limit=self.limit,
            wants_mail=self.person.wants_mail,
        )

    def code_now(self):
        """The order of reasons is that of routing.candidates."""
        if not self.person.can_answer:
            return "no_access"
        if self.code != AVAILABLE:
            return self.code
        if not self.is_open:
            return "inbox_closed"
        return AT_CAPACITY if self.is_full else AVAILABLE

    @property
    def is_full(self):
        return self.limit is not None and self.load >= self.limit
