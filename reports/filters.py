"""The filters of a report, which are in its URL, so that a link shows a colleague the same."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from inbox.models import Conversation, Inbox, Label
from messagehub.lib.text import parse_number, parse_uuid
from reports.models import Fact
from reports.periods import Period, Preset
from routing.board import inboxes_of, members_asked_by
from routing.rules import Rule
from teams.models import Membership, Team, TeamMember

FORMER = "former"
OPEN_HOURS = "open"


@dataclass(frozen=True)
class FormerMembers:
    """All members whose rows were deleted; nothing tells them apart any more."""

    pk: str = FORMER

    @property
    def name(self):
        return _("Former members")


class Filters:
    """The filters a member chose, limited to what they may see.

    Unknown values fall back to defaults.
    """

    def __init__(self, membership, query, *, now=None):
        self.membership, self.workspace = membership, membership.workspace
        self.now = now or timezone.now()
        self.period = Period.from_query(query, zone=self.workspace.zone, now=self.now)
        self.in_open_hours = query.get("clock") == OPEN_HOURS
        self.compares = query.get("compare") != "none"
        self.inbox = self.find("inboxes", query.get("inbox", ""))
        self.team = self.find("teams", query.get("team", ""))
        self.agent = self.find_agent(query.get("agent", ""))
        self.label = self.find("all_labels", query.get("label", ""))
        self.conversation_team = self.find("conversation_teams", query.get("conversation_team", ""))
        self.rules = [each for each in query.get("rule", "").split(",") if each in Rule.values]
        self.weekday = parse_below(query.get("weekday", ""), 7)  # Monday is 0
        self.hour = parse_below(query.get("hour", ""), 24)

    @cached_property
    def inboxes(self):
        return list(inboxes_of(self.membership))

    @cached_property
    def teams(self):
        """Return the teams with a member who answers one of these inboxes."""
        members = TeamMember.objects.filter(membership__in=[each.pk for each in self.agents])
        teams = Team.objects.filter(workspace=self.workspace, pk__in=members.values("team"))
        return list(teams.order_by("name", "pk"))

    @cached_property
    def conversation_teams(self):
        """Return the teams that conversations have which this member may see."""
        seen = Conversation.objects.visible_to(self.membership).filter(team=OuterRef("pk"))
        # A subquery of one row, because PostgreSQL would collect them all for an EXISTS.
        teams = Team.objects.alias(seen=Subquery(seen.values("pk")[:1]))
        teams = teams.filter(workspace=self.workspace, seen__isnull=False)
        return list(teams.order_by("name", "pk"))

    @cached_property
    def all_labels(self):
        return list(Label.objects.filter(workspace=self.workspace))

    @cached_property
    def agents(self):
        agents = members_asked_by(Inbox.objects.visible_to(self.membership))
        return sorted(agents, key=lambda each: (each.name.casefold(), each.pk))

    def find(self, options, text):
        """Find the id `text` among the options, which are only loaded if it is an id."""
        wanted = parse_uuid(text)
        if wanted is None:
            return None
        return next((each for each in getattr(self, options) if each.pk == wanted), None)

    def find_agent(self, text):
        """Also find one who left, if this member may see something they did."""
        if text == FORMER:
            return FormerMembers()
        if found := self.find("agents", text):
            return found
        if (pk := parse_uuid(text)) and self.visible_facts.filter(member=pk).exists():
            members = Membership.objects.filter(workspace=self.workspace, pk=pk)
            return members.with_related().first()
        return None

    @property
    def agent_options(self):
        is_known = self.agent is None or self.agent in self.agents
        return self.agents if is_known else [*self.agents, self.agent]

    @property
    def visible_facts(self):
        return Fact.objects.visible_to(self.membership)

    @property
    def column(self):
        """Return the column of durations that the chosen clock uses."""
        return "open_seconds" if self.in_open_hours else "seconds"

    def facts(self, period=None):
        """Return the facts of the period that these filters let through."""
        period = period or self.period
        facts = self.visible_facts.filter(at__gte=period.begin, at__lt=period.until)
        if self.inbox:
            facts = facts.filter(inbox=self.inbox)
        if self.team:
            members = TeamMember.objects.filter(team=self.team).values("membership")
            facts = facts.filter(member__in=members)
        if isinstance(self.agent, FormerMembers):
            facts = facts.filter(Q(member=None))
        elif self.agent:
            facts = facts.filter(member=self.agent)
        if self.label:
            facts = facts.filter(label_ids__contains=[self.label.pk])
        if self.conversation_team:
            facts = facts.filter(team_id=self.conversation_team.pk)
        if self.rules:
            facts = facts.filter(rule__in=self.rules)
        if self.weekday is not None:
            weekday = ExtractIsoWeekDay("at", tzinfo=self.workspace.zone)
            facts = facts.alias(weekday=weekday).filter(weekday=self.weekday + 1)
        if self.hour is not None:
            hour = ExtractHour("at", tzinfo=self.workspace.zone)
            facts = facts.alias(hour=hour).filter(hour=self.hour)
        return facts

    @cached_property
    def values(self) -> dict[str, str]:
        """Return what has to be in a URL, without the defaults."""
        period = self.period
        is_custom = period.preset == Preset.CUSTOM
        values = {
            "period": "" if period.preset == Preset.WEEK else period.preset.value,
            "from": period.first.isoformat() if is_custom else "",
            "to": period.last.isoformat() if is_custom else "",
            "inbox": self.inbox.pk if self.inbox else "",
            "team": self.team.pk if self.team else "",
            "agent": self.agent.pk if self.agent else "",
            "label": self.label.pk if self.label else "",
            "conversation_team": self.conversation_team.pk if self.conversation_team else "",
            "clock": OPEN_HOURS if self.in_open_hours else "",
            "compare": "" if self.compares else "none",
            "rule": ",".join(self.rules),
            "weekday": "" if self.weekday is None else self.weekday,
            "hour": "" if self.hour is None else self.hour,
        }
        return {name: str(value) for name, value in values.items() if value != ""}

    @property
    def query(self):
        return urlencode(self.values)

    @property
    def page_query(self):
        """Return the query string for pages, without the filters that only lists have."""
        return self.query_with(rule="", weekday="", hour="")

    @property
    def labels(self):
        """Describe what they narrow the period to."""
        narrowed_to = (self.inbox, self.label, self.team, self.conversation_team, self.agent)
        chosen = [each.name for each in narrowed_to if each]
        chosen += sorted({str(rule.label) for rule in map(Rule, self.rules)})
        chosen += [str(WEEKDAYS[self.weekday])] if self.weekday is not None else []
        chosen += [f"{self.hour}:00–{self.hour}:59"] if self.hour is not None else []
        return chosen + ([_("Opening hours")] if self.in_open_hours else [])

    def query_with(self, **changes):
        """Return the query string with other values; an empty one removes a filter."""
        values = self.values | {name: str(value) for name, value in changes.items()}
        return urlencode({name: value for name, value in values.items() if value})


def parse_below(text, end):
    number = parse_number(text, digits=2)
    return number if number is not None and number < end else None
