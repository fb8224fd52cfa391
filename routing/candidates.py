"""Who might get a conversation now, each with a reason code."""

from routing.choice import Candidate, in_turn
from routing.models import Turn
from teams.availability import with_availability


def list_candidates(inbox, conversation=None) -> list[Candidate]:
    """Everybody of the inbox, in the order in which they would be asked."""
    turns = dict(Turn.objects.filter(inbox=inbox).values_list("membership_id", "turn"))
    people = with_availability(inbox.agents)
    return in_turn(
        [
            Candidate(
                membership_id=person.pk,
                name=person.name,
                code=code_for(person, conversation),
                turn=turns.get(person.pk),
            )
            for person in people
        ]
    )


def code_for(person, conversation) -> str:
    if conversation is not None and conversation.put_back_by_id == person.pk:
        return "put_it_back"
    return person.availability.code
