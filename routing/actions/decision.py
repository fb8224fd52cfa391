import json

from django.db import connection
from django.utils import timezone

from messagehub.lib.ids import new_id
from routing.models import Decision

MOST_KEPT = 50  # candidates stored with their names; the others are only counted by status

DECIDE = """
INSERT INTO routing_decision
  (id, created_at, workspace_id, conversation_id, trigger, rule, candidates, tally, chosen_id,
   chosen_name, team_id, team_name, microseconds)
VALUES
  (%(id)s, %(created_at)s, %(workspace)s, %(conversation)s, %(trigger)s, %(rule)s, %(candidates)s,
   %(tally)s, %(chosen)s, %(chosen_name)s, %(team_id)s, %(team_name)s,
   %(microseconds)s)
"""
# The inbox's locked routing row counts the assignments; the count is the member's new position.
MOVE_AND_DECIDE = f"""
WITH counted AS (
  UPDATE routing_routing SET assignment_count = assignment_count + 1 WHERE inbox_id = %(inbox)s
  RETURNING workspace_id, inbox_id, assignment_count
), moved AS (
  INSERT INTO routing_rotationentry
    (id, created_at, workspace_id, inbox_id, membership_id, last_assigned_at)
  SELECT %(entry)s, %(created_at)s, workspace_id, inbox_id, %(chosen)s, assignment_count
  FROM counted
  ON CONFLICT (inbox_id, membership_id) DO UPDATE SET last_assigned_at = excluded.last_assigned_at
)
{DECIDE}"""


def record_decision(
    conversation, *, trigger, rule, candidates, tally, chosen, seconds, moved=False
):
    """Store why the conversation went to the member `chosen`, or to no one (None).

    tally: the number of candidates by status, including those who were not checked one by one.
    moved: the chosen member moves to the end of the inbox's rotation, by the same statement.
    """
    decision = Decision(
        created_at=timezone.now(),
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        trigger=trigger,
        rule=rule,
        candidates=[as_row(each) for each in candidates[:MOST_KEPT]],
        tally=tally,
        chosen=chosen,
        chosen_name=chosen.name[:80] if chosen else "",
        team_id=conversation.team_id,
        team_name=team_name(conversation),
        microseconds=int(seconds * 1_000_000),
    )
    store(decision, moved=moved)
    return decision


def team_name(conversation) -> str:
    """Return the name of the team that the conversation was given to, or nothing."""
    return conversation.team.name if conversation.team_id else ""


def store(decision, *, moved):
    params = {
        "id": decision.pk,
        "created_at": decision.created_at,
        "workspace": decision.workspace_id,
        "conversation": decision.conversation_id,
        "trigger": decision.trigger,
        "rule": decision.rule,
        "candidates": json.dumps(decision.candidates),
        "tally": json.dumps(decision.tally),
        "chosen": decision.chosen_id,
        "chosen_name": decision.chosen_name,
        "team_id": decision.team_id,
        "team_name": decision.team_name,
        "microseconds": decision.microseconds,
    }
    if moved:
        params |= {"inbox": decision.conversation.inbox_id, "entry": new_id()}
    with connection.cursor() as cursor:
        cursor.execute(MOVE_AND_DECIDE if moved else DECIDE, params)


def as_row(candidate):
    """Return the candidate as it is stored with a decision."""
    row = candidate._asdict()
    del row["is_online"]
    return {"id": str(row.pop("membership_id")), **row}
