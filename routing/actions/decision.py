from routing.models import Decision

MOST_KEPT = 50  # candidates with their names; of the others only how many had which status


def record_decision(conversation, *, trigger, rule, candidates, tally, chosen, seconds):
    """Store why the conversation went to the member `chosen`, or to no one (None).

    tally: how many candidates had which status, including those who were not checked one by one.
    """
    return Decision.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        trigger=trigger,
        rule=rule,
        candidates=[as_row(each) for each in candidates[:MOST_KEPT]],
        tally=tally,
        chosen=chosen,
        chosen_name=chosen.name[:80] if chosen else "",
        microseconds=int(seconds * 1_000_000),
    )


def as_row(candidate):
    """Return the candidate as it is stored with a decision."""
    row = candidate._asdict()
    del row["is_online"]
    return {"id": str(row.pop("membership_id")), **row}
