from django.db import connection
from django.utils import timezone

from messagehub.lib.ids import new_id

MOVE = """
WITH counted AS (
  UPDATE routing_routing SET assignment_count = assignment_count + 1 WHERE id = %s
  RETURNING workspace_id, inbox_id, assignment_count
)
INSERT INTO routing_rotationentry
  (id, created_at, workspace_id, inbox_id, membership_id, last_assigned_at)
SELECT %s, %s, workspace_id, inbox_id, %s, assignment_count FROM counted
ON CONFLICT (inbox_id, membership_id) DO UPDATE SET last_assigned_at = excluded.last_assigned_at
RETURNING last_assigned_at
"""


def move_to_end(routing, membership_id):
    """Move a member to the end of the inbox's rotation, because they were just assigned.

    routing: the inbox's locked row, which counts. One statement instead of two round trips.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [routing.pk, new_id(), timezone.now(), membership_id])
        [routing.assignment_count] = cursor.fetchone()
