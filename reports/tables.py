"""The tables of the reports by name; each is made from a member's filters."""

from itertools import groupby

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.agent_tables import SPLIT, agents, fairness, work
from reports.figures import FIGURES
from reports.measuring import Labels, Split, measure
from reports.steps import Steps
from reports.table import Column, Group, Row, Table, cells_of, grouped_table, without_empty_columns
from routing.rules import Rule
from teams.models import TeamMember

SUMMARY = ["new", "resolved", "reopened"]
SUMMARY += ["first_reply_median", "next_reply_median", "resolution_median", "satisfaction"]
QUEUE = ["queue_median", "queue_p90", "queue_mean", "leads", "leads_answered"]
QUEUE += ["lead_reply_median", "lead_reply_p90", "timed_out", "unassigned"]


def days(filters) -> Table:
    return days_table(filters, Steps(filters, SUMMARY))


def days_table(filters, values) -> Table:
    """Return the table of these values: the Steps, which the charts use too."""
    period, figures = filters.period, SUMMARY
    rows = []
    for number, step in enumerate(period.steps):
        first, last = period.days_of_step(step)
        changes = {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
        cells = cells_of(filters, figures, values.of(number), **changes)
        rows.append(Row(step_label(step, period), cells, f"?{filters.query_with(**changes)}"))
    title, head = (_("By week"), _("Week of")) if period.is_in_weeks else (_("By day"), _("Day"))
    columns = [FIGURES[each] for each in figures]
    return without_empty_columns(Table("days", title, head, columns, rows))


def step_label(step, period):
    first, _last = period.days_of_step(step)
    return date_format(first, _("D j M"))


def times(filters) -> Table:
    """Return the durations as rows, and their measures as columns."""
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
        Column(_("Median"), _("Half took at most this long."), "seconds"),
        Column(_("90%"), _("Nine of ten took at most this long."), "seconds"),
        Column(_("Mean"), _("All durations added up, divided by how many there are."), "seconds"),
    ]
    return Table("times", _("Response and resolution times"), _("Time"), columns, rows)


def inboxes(filters) -> Table:
    return by_inbox("inboxes", _("By inbox"), filters, SPLIT)


def inbox_load(filters) -> Table:
    return by_inbox("inbox-load", _("Queue and email leads"), filters, ["assigned", *QUEUE])


def by_inbox(name, title, filters, figures) -> Table:
    shown = [filters.inbox] if filters.inbox else filters.inboxes
    groups = [Group(each.pk, each.name, {"inbox": each.pk}) for each in shown]
    return grouped_table(
        name,
        title=title,
        head=_("Inbox"),
        filters=filters,
        figures=figures,
        groups=lambda _keys: groups,
        by="inbox",
    )


def teams(filters) -> Table:
    shown = [filters.team] if filters.team else filters.teams
    groups = [Group(each.pk, each.name, {"team": each.pk}) for each in shown]
    return grouped_table(
        "teams",
        title=_("By team of the agent"),
        head=_("Team"),
        filters=filters,
        figures=SPLIT,
        groups=lambda _keys: groups,
        by=Split("member", TeamMember, "membership", "team"),
        note=_("Teams as they are today. Someone in two teams counts in both."),
    )


def conversation_teams(filters) -> Table:
    known = filters.conversation_teams
    shown = [filters.conversation_team] if filters.conversation_team else known
    groups = [Group(each.pk, each.name, {"conversation_team": each.pk}) for each in shown]
    return grouped_table(
        "conversation-teams",
        title=_("By team of the conversation"),
        head=_("Team"),
        filters=filters,
        figures=SPLIT,
        groups=lambda _keys: groups,
        by="team_id",
        has="team_id",
        note=_("The teams that conversations have today."),
    )


def labels(filters) -> Table:
    shown = [filters.label] if filters.label else filters.all_labels
    groups = [Group(each.pk, each.name, {"label": each.pk}) for each in shown]
    return grouped_table(
        "labels",
        title=_("By label"),
        head=_("Label"),
        filters=filters,
        figures=SPLIT,
        groups=lambda _keys: groups,
        by=Labels(),
        has="label_ids",
        note=_(
            "The labels that conversations have today. A conversation with two labels counts in "
            "both."
        ),
    )


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
            rows.append(Row(capfirst(label), [*cells, cells[0].share_of(total)]))
    rows.sort(key=lambda row: -row.cells[0].value)
    columns = [figure, Column(_("Share"), _("Of all decisions in the period."))]
    return Table("rules", _("Decisions by rule"), _("Rule"), columns, rows)


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
    "conversation-teams": conversation_teams,
    "labels": labels,
    "agents": agents,
    "agent-work": work,
    "rules": rules,
    "fairness": fairness,
    "queue": queue,
    "inbox-load": inbox_load,
}
