"""Whom routing asks during a replay, sorted by what they are at the moment that is played.

A past can hold ten thousands of changes, and most of them change nothing for what waits: that
nobody can take it must be seen without a look at everybody.
"""

from routing.policy import ABSENT, AT_CAPACITY, AVAILABLE

# While one of them is asked there are no leads: as in routing.policy.choose_lead.
THERE = frozenset({AVAILABLE, AT_CAPACITY, "unknown"})


class Pool:
    """available: can take one now. there: keep leads in the queue. willing: could have a lead.
    coming: are available at some time.
    """

    def __init__(self, agents):
        self.agents = frozenset(agents)
        self.coming = frozenset(each for each in self.agents if each.is_ever_there)
        self.available, self.there, self.willing = set(), set(), set()
        for agent in self.agents:
            self.see(agent)

    def see(self, agent):
        """Somebody changed; who is not asked does not count."""
        if agent in self.agents:
            seen = agent.candidate
            put(agent, self.available, seen.is_available)
            put(agent, self.there, seen.code in THERE)
            is_absent = seen.code in ABSENT
            put(agent, self.willing, is_absent and seen.has_room and seen.wants_mail)

    @property
    def for_leads(self):
        """Those of whom one would be given a lead: none while somebody is there."""
        return () if self.there else self.willing


def put(agent, group, belongs):
    (group.add if belongs else group.discard)(agent)
