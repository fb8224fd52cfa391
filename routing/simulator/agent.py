"""A member during a replay: their status and conversations at the current moment."""

from routing.policy import Candidate
from routing.rules import AT_CAPACITY, AVAILABLE, ONLINE, CandidateStatus
from routing.simulator.history import AWAY, OFFLINE


class Agent:
    """candidate: as the policy sees them now. It is only rebuilt when something has changed."""

    __slots__ = (
        "candidate",
        "capacity",
        "is_inbox_open",
        "last_assigned_at",
        "member",
        "open_count",
        "state",
        "timed",
    )

    def __init__(self, member, capacity):
        self.member, self.capacity = member, capacity
        self.state, self.is_inbox_open = OFFLINE, True
        self.open_count, self.last_assigned_at = 0, None
        self.timed = []  # chats assigned to them with a response timer, answered or not
        self.update_candidate()

    @property
    def pk(self):
        return self.member.id

    @property
    def is_available(self):
        return self.candidate.is_available

    @property
    def is_ever_available(self):
        return any(state == AVAILABLE for _at, state in self.member.states)

    @property
    def reassigns_replies(self):
        """Whether what contacts reply to them now goes to someone else, if there is one."""
        return self.state == AWAY and self.member.reassigns_replies

    def change(self, **known):
        for name, value in known.items():
            setattr(self, name, value)
        self.update_candidate()

    def update_candidate(self):
        self.candidate = Candidate(
            membership_id=self.member.id,
            name=self.member.name,
            status=self.status(),
            last_assigned_at=self.last_assigned_at,
            open_count=self.open_count,
            capacity=self.capacity,
            wants_email=self.member.wants_email,
            is_online=self.state in ONLINE,
        )

    def status(self):
        """The order of the reasons is that of the live candidates (routing.candidates)."""
        if not self.member.can_answer:
            return CandidateStatus.NO_ACCESS
        if self.state != AVAILABLE:
            return self.state
        if not self.is_inbox_open:
            return CandidateStatus.INBOX_CLOSED
        is_full = self.capacity is not None and self.open_count >= self.capacity
        return AT_CAPACITY if is_full else AVAILABLE
