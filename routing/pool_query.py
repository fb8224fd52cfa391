"""The one statement that finds the members whom routing asks for an inbox.

It runs with every decision, while the inbox's routing row is locked: one round trip, with nothing
remembered from before that could be out of date. Who is active, a target, or may open the inbox is
said by querysets, whose SQL is put into the statement once per process.
"""

import re
from functools import cache, partial
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, Func, JSONField, Value

from inbox.models import Inbox, InboxMember
from messagehub.lib.prepared_query import Template
from messagehub.lib.round_trip import one_round_trip
from routing.models import Target
from teams.models import Membership, Role, TeamMember
from teams.permissions import Permission

COLUMNS = ("pk", "user__name", "user__email", "away_at", "capacity", "time_zone", "email_mine")

# Without targets the agents of the inbox are asked. Of a large pool only those online are kept,
# and of these only the first in the rotation are read; `size` counts the others as well.
STATEMENT = """
WITH target AS MATERIALIZED ({targets}),
pool AS (
  SELECT membership_id FROM ({agents}) AS agent WHERE NOT EXISTS (SELECT FROM target)
  UNION ALL (
    SELECT membership_id FROM target WHERE membership_id IS NOT NULL
    UNION
    SELECT in_team.membership_id FROM ({team_members}) AS in_team JOIN target USING (team_id)
  )
),
pool_size AS MATERIALIZED (
  SELECT count(*) > %(large)s AS is_large FROM (SELECT FROM pool LIMIT %(large)s + 1) AS counted
),
ranked AS (
  SELECT pool.membership_id, last_assigned_at, count(*) OVER () AS size
  FROM pool LEFT JOIN routing_rotationentry AS entry
    ON entry.inbox_id = %(inbox)s AND entry.membership_id = pool.membership_id
  WHERE %(online)s::uuid[] IS NULL OR NOT (SELECT is_large FROM pool_size)
    OR pool.membership_id IN (SELECT unnest(%(online)s::uuid[]))
  ORDER BY last_assigned_at NULLS FIRST, pool.membership_id
  LIMIT CASE
    WHEN %(online)s::uuid[] IS NOT NULL AND (SELECT is_large FROM pool_size) THEN %(most)s::int
  END
)
SELECT member.*, last_assigned_at, has_access, size, (SELECT is_large FROM pool_size)
FROM ranked
CROSS JOIN LATERAL ({member} OFFSET 0) AS member  -- OFFSET: read these rows, not the whole table
CROSS JOIN LATERAL (
  SELECT CASE WHEN EXISTS (SELECT FROM target) THEN member.pk IN ({possible_assignees})
    ELSE member.role_id IN ({roles}) END AS has_access
) AS access
WHERE has_access OR EXISTS (SELECT FROM target)
ORDER BY last_assigned_at NULLS FIRST, member.pk
"""
# A value of the querysets that is a column of the statement.
COLUMN_OF = {"member": "ranked.membership_id"}
TRIED_TARGETS = """
  SELECT membership_id, NULL::uuid AS team_id FROM unnest(%(users)s::uuid[]) AS membership_id
  UNION ALL SELECT NULL, team_id FROM unnest(%(teams)s::uuid[]) AS team_id
"""


def find_pool(inbox, *, online, large, most, targets=None) -> list[tuple]:
    """Return a row for each member: COLUMNS, role, hours, last assigned at, access, size, is large.

    online: of a pool of more than `large` members only these (a PostgreSQL array as text) are
    considered, and the first `most` returned; None returns everyone. targets: (ids of users, ids
    of teams) to try out instead of the stored ones.
    """
    sql, constants = statement(with_tried_targets=targets is not None)
    users, teams = targets or ((), ())
    params = {
        **constants,
        "inbox": inbox.pk,
        "workspace": inbox.workspace_id,
        "online": online,
        "large": large,
        "most": most,
    }
    if targets is not None:
        params |= {"users": list(users), "teams": list(teams)}
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute(sql, params)
            return cursor.fetchall()
        # Planning takes longer than running it, and PostgreSQL would plan it again each time if
        # that promised a little for a small inbox. The other statements of the transaction look
        # rows up by their keys.
        with one_round_trip():
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            cursor.execute(sql, params)
            return cursor.fetchall()


@cache
def statement(*, with_tried_targets) -> tuple[str, dict]:
    """Return the SQL with named parameters, and the values of its constant parameters."""
    inbox, workspace, member, constants = uuid4(), uuid4(), uuid4(), {}
    put = partial(fragment, constants=constants)
    this_inbox = Inbox(pk=inbox, workspace_id=workspace)
    stored = Target.objects.active().filter(inbox=inbox).values("membership_id", "team_id")
    sql = STATEMENT.format(
        targets=TRIED_TARGETS if with_tried_targets else put(stored, inbox=inbox),
        agents=put(InboxMember.objects.filter(inbox=inbox).values("membership_id"), inbox=inbox),
        team_members=put(TeamMember.objects.values("membership_id", "team_id")),
        member=put(members().filter(pk=member), member=member),
        possible_assignees=put(
            this_inbox.possible_assignees.values("pk"), inbox=inbox, workspace=workspace
        ),
        roles=put(Role.objects.with_permission(Permission.ANSWER).values("pk")),
    )
    return sql, constants


def members():
    """Read hours only where there are some: a thousand empty ones cost as much as the rest."""
    empty = Value({}, JSONField())
    some_hours = Func(F("hours"), empty, function="NULLIF", output_field=JSONField())
    return Membership.objects.active().values(*COLUMNS, "role_id", some_hours=some_hours)


def fragment(queryset, *, constants: dict, **sentinels: UUID) -> str:
    """Return the SQL of a queryset with its parameters named; the constant ones are added."""
    template = Template(queryset.order_by(), sentinels)
    names = []
    for name, value in template.params:
        if not name:
            name = f"constant_{len(constants)}"
            constants[name] = value
        names.append(COLUMN_OF.get(name, f"%({name})s"))
    parts = iter(names)
    return re.sub("%s", lambda _found: next(parts), template.sql)
