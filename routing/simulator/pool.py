"""The members whom routing asks during a replay, grouped by their status at that moment.

A past can hold tens of thousands of changes, and most don't affect waiting conversations. That
no one can take it must be seen without looking at everyone.
"""

from routing.rules import KEEPS_LEADS_WAITING


class Pool:
    """available: can take one now; keep_leads_waiting: keep leads in the queue; willing: could get
    a lead; coming: ids of those who are available at some time.
    """

    def __init__(self, agents, *, assigns_leads):
        self.agents, self.assigns_leads = frozenset(agents), assigns_leads
        self.coming = frozenset(each.pk for each in self.agents if each.is_ever_available)
        self.available, self.keep_leads_waiting, self.willing = set(), set(), set()
        for agent in self.agents:
            self.update(agent)

    def update(self, agent):
        """Move an agent who changed to the right groups, if routing asks them."""
        if agent in self.agents:
            candidate = agent.candidate
            put(agent, self.available, candidate.is_available)
            put(agent, self.keep_leads_waiting, candidate.status in KEEPS_LEADS_WAITING)
            put(agent, self.willing, candidate.can_get_lead)

    @property
    def candidates(self):
        """Only those whom the policy could choose now. The others don't affect its plans."""
        if self.available:
            return [each.candidate for each in self.available]
        if self.keep_leads_waiting or not self.assigns_leads:
            return []
        return [each.candidate for each in self.willing]


def put(agent, group, belongs):
    (group.add if belongs else group.discard)(agent)
