from routing.models import Turn


def take_turn(routing, membership_id):
    """They were given a chat now. routing: the inbox's locked row, which counts."""
    routing.turn += 1
    routing.save(update_fields=["turn"])
    turn = Turn(
        workspace_id=routing.workspace_id,
        inbox_id=routing.inbox_id,
        membership_id=membership_id,
        turn=routing.turn,
    )
    Turn.objects.bulk_create(
        [turn],
        update_conflicts=True,
        unique_fields=["inbox", "membership"],
        update_fields=["turn"],
    )
