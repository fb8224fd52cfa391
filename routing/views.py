from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from inbox.views.desk import find_conversation
from routing.words import candidate_words
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
def decision(request, number, decision):
    """Why this conversation went to that person: the candidates as they were at that moment."""
    conversation = find_conversation(request, number)
    decision = get_object_or_404(conversation.decisions.all(), pk=decision)
    candidates = [
        {
            "name": candidate["name"],
            "code": candidate["code"],
            "words": candidate_words(candidate),
            "chosen": candidate["id"] == str(decision.chosen_id),
        }
        for candidate in decision.candidates
    ]
    context = {"decision": decision, "sentence": decision.sentence, "candidates": candidates}
    return render(request, "routing/_decision.html", context)
