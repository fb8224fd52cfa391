"""The tables of the reports by name; each is made from a member's filters."""

from dataclasses import replace
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.figures import FIGURES
from reports.filters import FormerMembers
from reports.measuring import measure
from reports.steps import Steps
from reports.table import Cell, Column, Group, Percent, Row, Table, cells_of, grouped_table
from reports.working_time import working_times
from routing.rules import ROTATION_RULES, Rule
from teams.models import Membership

SUMMARY = ["new", "resolved", "reopened"]
SUMMARY += ["first_reply_median", "next_reply_median", "resolution_median"]
SPLIT = ["new", "resolved", "reopened", "first_reply_median", "first_reply_p90"]
SPLIT += ["next_reply_median", "resolution_median", "resolution_p90"]
WORK = ["assigned", "handled", "replies", "resolved", "handed_over", "timed_out", "unassigned"]
QUEUE = ["queue_median", "queue_p90", "queue_mean", "leads", "leads_answered"]
QUEUE += ["lead_reply_median", "lead_reply_p90", "timed_out", "unassigned"]


def days(filters) -> Table:
    return days_table(filters, Steps(filters, SUMMARY))


def days_table(filters, values) -> Table:
    """values: the Steps of the figures, which charts have computed, too."""
    period, figures = filters.period, SUMMARY
    rows = []
    for number, step in enumerate(period.steps):
        first, last = period.days_of_step(step)
        changes = {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
        cells = cells_of(filters, figures, values.of(number), **changes)
        rows.append(Row(step_label(step, period), cells, f"?{filters.query_with(**changes)}"))
    title, head = (_("By week"), _("Week of")) if period.is_in_weeks else (_("By day"), _("Day"))
    return Table("days", title, head, [FIGURES[each] for each in figures], rows)


def step_label(step, period):
    first, _last = period.days_of_step(step)
    return date_format(first, _("D j M"))


def times(filters) -> Table:
    """Rows are durations, columns their measures."""
    names = ["first_reply", "next_reply", "resolution"]
    labels = [_("First response"), _("Next response"), _("Resolution")]
    measures = ["median", "p90", "mean"]
    figures = [f"{name}_{each}" for name in names for each in measures]
    values = measure(filters.facts(), figures, column=filters.column).get((), {})
    rows = [
        Row(label, cells_of(filters, [f"{name}_{each}" for each in measures], values))
        for name, label in zip(names, labels, strict=True)
    ]
    columns = [
        Column(_("Median"), _("Half took at most this long."), True),
        Column(_("90%"), _("Nine of ten took at most this long."), True),
        Column(_("Mean"), _("All durations added up, divided by how many there are."), True),
    ]
    return Table("times", _("Response and resolution times"), _("Time"), columns, rows)


def inboxes(filters) -> Table:
    shown = [filters.inbox] if filters.inbox else filters.inboxes
    groups = [Group(each.pk, each.name, {"inbox": each.pk}) for each in shown]
    return grouped_table(
        "inboxes",
        title=_("By inbox"),
        head=_("Inbox"),
        filters=filters,
        figures=SPLIT,
        groups=lambda _keys: groups,
        by="inbox",
    )


def inbox_load(filters) -> Table:
    shown = [filters.inbox] if filters.inbox else filters.inboxes
    groups = [Group(each.pk, each.name, {"inbox": each.pk}) for each in shown]
    return grouped_table(
        "inbox-load",
        title=_("Queue and email leads"),
        head=_("Inbox"),
        filters=filters,
        figures=["assigned", *QUEUE],
        groups=lambda _keys: groups,
        by="inbox",
    )


def teams(filters) -> Table:
    shown = [filters.team] if filters.team else filters.teams
    groups = [Group(each.pk, each.name, {"team": each.pk}) for each in shown]
    return grouped_table(
        "teams",
        title=_("By team"),
        head=_("Team"),
        filters=filters,
        figures=SPLIT,
        groups=lambda _keys: groups,
        by="member__team_memberships__team",
        note=_("Teams as they are today. Someone in two teams counts in both."),
    )


def agents(filters) -> Table:
    return grouped_table(
        "agents",
        title=_("By agent"),
        head=_("Agent"),
        filters=filters,
        figures=SPLIT,
        groups=lambda keys: agent_groups(filters, keys),
        by="member",
    )


def agent_groups(filters, keys):
    """Return the agents of today and everyone else who did something, by name."""
    known = {each.pk: each for each in filters.agents}
    others = Membership.objects.filter(workspace=filters.workspace, pk__in=keys - known.keys())
    shown = known | {each.pk: each for each in others.with_related()}
    if filters.team:
        # Unlike those of someone else, the facts of members of the team are in `keys`.
        shown = {pk: each for pk, each in shown.items() if pk in keys}
    if filters.agent:
        shown = {pk: each for pk, each in shown.items() if pk == filters.agent.pk}
    return [
        Group(each.pk, member_label(each), {"agent": each.pk})
        for each in sorted(shown.values(), key=lambda each: (each.name.casefold(), each.pk))
    ]


def member_label(member):
    if member.removed_at:
        return _("%(name)s (removed)") % {"name": member.name}
    return member.name


def work(filters) -> Table:
    """What each agent did, and how much of their office hours they were available."""
    table = grouped_table(
        "agent-work",
        title=_("Work by agent"),
        head=_("Agent"),
        filters=filters,
        figures=WORK,
        groups=lambda keys: [*agent_groups(filters, keys), *former_group(filters, keys)],
        by="member",
    )
    members = Membership.objects.filter(pk__in=[row.key for row in table.rows if row.key])
    durations = working_times(members.with_related(), filters.period)
    rows = []
    for row in table.rows:
        available, expected = durations.get(row.key, (None, None))
        share = 100 * available / expected if available is not None and expected else None
        cells = [*row.cells, Cell(available, True), Cell(expected, True), Percent(share)]
        rows.append(replace(row, cells=cells))
    columns = [
        *table.columns,
        Column(_("Time available"), _("With the status Available or At capacity."), True),
        Column(_("Office hours"), _("Their office hours in the period, without days off."), True),
        Column(_("Share"), _("Time available, divided by the office hours.")),
    ]
    return replace(table, columns=columns, rows=rows)


def former_group(filters, keys):
    """Deleted members did something; conversations without an agent are not theirs."""
    former = FormerMembers()
    facts = filters.facts().filter(member=None, kind__in=FIGURES["replies"].kinds)
    return [Group(None, former.name, {"agent": former.pk})] if facts.exists() else []


def rules(filters) -> Table:
    """Routing's decisions by rule; rules with the same name are one row."""
    figure = FIGURES["decisions"]
    counts = measure(
        figure.select(filters.facts()), ["decisions"], column=filters.column, by=("rule",)
    )
    total = sum(values["decisions"] for values in counts.values())
    rows = []
    for label, group in groupby(
        sorted(Rule, key=lambda rule: str(rule.label)), lambda rule: rule.label
    ):
        names = [each.value for each in group]
        count = sum(counts.get((name,), {}).get("decisions", 0) for name in names)
        if count:
            cells = cells_of(filters, ["decisions"], {"decisions": count}, rule=",".join(names))
            rows.append(Row(capitalize(label), [*cells, Percent(100 * count / total)]))
    rows.sort(key=lambda row: -row.cells[0].value)
    columns = [figure, Column(_("Share"), _("Of all decisions in the period."))]
    return Table("rules", _("Decisions by rule"), _("Rule"), columns, rows)


def capitalize(text):
    text = str(text)
    return text[:1].upper() + text[1:]


def fairness(filters) -> Table:
    """How evenly the rotation gave conversations to the agents."""
    table = grouped_table(
        "fairness",
        title=_("Fairness of the rotation"),
        head=_("Agent"),
        filters=filters,
        figures=["assigned"],
        groups=lambda keys: agent_groups(filters, keys),
        by="member",
        rules=ROTATION_RULES,
        note=_(
            "Only what routing assigned in turn or by fewest open conversations, not owners and "
            "not what members assigned. Agents who are available for longer get more."
        ),
    )
    total = sum(row.cells[0].value for row in table.rows)
    rows = [
        replace(row, cells=[*row.cells, Percent(100 * row.cells[0].value / total)])
        for row in sorted(table.rows, key=lambda row: -row.cells[0].value)
        if row.cells[0].value
    ]
    share = Column(_("Share"), _("Of all that the rotation assigned."))
    return replace(table, columns=[*table.columns, share], rows=rows)


def queue(filters) -> Table:
    values = measure(filters.facts(), QUEUE, column=filters.column).get((), {})
    cells = cells_of(filters, QUEUE, values)
    rows = [Row(str(FIGURES[name].label), [cell]) for name, cell in zip(QUEUE, cells, strict=True)]
    return Table(
        "queue", _("Queue, email leads and timer"), _("Figure"), [Column(_("Value"))], rows
    )


TABLES = {
    "days": days,
    "times": times,
    "inboxes": inboxes,
    "teams": teams,
    "agents": agents,
    "agent-work": work,
    "rules": rules,
    "fairness": fairness,
    "queue": queue,
    "inbox-load": inbox_load,
}
