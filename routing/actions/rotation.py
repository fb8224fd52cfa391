from django.db import connection
from django.utils import timezone

from messagehub.lib.ids import new_id

TAKE = """
WITH counted AS (
  UPDATE routing_routing SET turn = turn + 1 WHERE id = %s RETURNING workspace_id, inbox_id, turn
)
INSERT INTO routing_turn (id, created_at, workspace_id, inbox_id, membership_id, turn)
SELECT %s, %s, workspace_id, inbox_id, %s, turn FROM counted
ON CONFLICT (inbox_id, membership_id) DO UPDATE SET turn = excluded.turn
RETURNING turn
"""


def take_turn(routing, membership_id):
    """They were given a chat now. routing: the inbox's locked row, which counts."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [routing.pk, new_id(), timezone.now(), membership_id])
        [routing.turn] = cursor.fetchone()
