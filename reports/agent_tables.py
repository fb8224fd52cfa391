"""The tables with a row for each agent."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.filters import FormerMembers
from reports.table import Cell, Column, Group, Table, grouped_table
from reports.working_time import working_times
from routing.rules import ROTATION_RULES
from teams.models import Membership
from teams.permissions import Permission

SPLIT = ["new", "resolved", "reopened", "first_reply_median", "first_reply_p90"]
SPLIT += ["next_reply_median", "resolution_median", "resolution_p90"]
SPLIT += ["satisfaction", "ratings"]
WORK = ["assigned", "handled", "replies", "resolved", "handed_over", "timed_out", "unassigned"]


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
    """Return today's agents and everyone else who did something, by name."""
    known = {each.pk: each for each in filters.agents}
    others = Membership.objects.filter(workspace=filters.workspace, pk__in=keys - known.keys())
    shown = known | {each.pk: each for each in others.with_related()}
    if filters.team:
        # Members of the team are in `keys`; others are only if they did something.
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
        groups=lambda keys: [*agent_groups(filters, keys), *former_group(keys)],
        by="member",
    )
    members = Membership.objects.filter(pk__in=[row.key for row in table.rows if row.key])
    durations = working_times(members.with_related(), filters.period)
    rows = []
    for row in table.rows:
        if not row.key and not row.cells[WORK.index("replies")].value:
            continue  # former members who didn't reply, or what was no one's
        available, expected = durations.get(row.key, (None, None))
        share = 100 * available / expected if available is not None and expected else None
        history = history_url(filters, row.key)
        times = [Cell(each, "seconds", history) for each in (available, expected)]
        cells = [*row.cells, *times, Cell(share, "percent", history)]
        rows.append(replace(row, cells=cells))
    columns = [
        *table.columns,
        Column(_("Time available"), _("With the status Available or At capacity."), "seconds"),
        Column(
            _("Office hours"), _("Their office hours in the period, without days off."), "seconds"
        ),
        Column(_("Share"), _("Time available, divided by the office hours.")),
    ]
    return replace(table, columns=columns, rows=rows)


def history_url(filters, member):
    """Return the page with the member's status history, for those who may open it."""
    if not member or not filters.membership.can(Permission.MANAGE_TEAM):
        return ""
    return reverse("member", args=[filters.workspace.slug, member])


def former_group(keys) -> list[Group]:
    """Return the row of deleted members, if something is no one's."""
    former = FormerMembers()
    return [Group(None, former.name, {"agent": former.pk})] if None in keys else []


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
            "Only conversations that routing assigned by rotation or fewest open conversations, "
            "not those of owners or those assigned by members. Agents who are available for "
            "longer get more."
        ),
    )
    total = sum(row.cells[0].value for row in table.rows)
    rows = [
        replace(row, cells=[*row.cells, row.cells[0].share_of(total)])
        for row in sorted(table.rows, key=lambda row: -row.cells[0].value)
        if row.cells[0].value
    ]
    share = Column(_("Share"), _("Of all that the rotation assigned."))
    return replace(table, columns=[*table.columns, share], rows=rows)
