from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inbox.views.desk import find_conversation
from routing.explanations import explain_waiting
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
def waiting(request, number):
    """Why nobody has this conversation, as it was decided last: the sweep keeps that true."""
    conversation = find_conversation(request, number)
    if conversation.assignee_id is not None or not conversation.is_open:
        return HttpResponse(status=204)
    decision = conversation.decisions.order_by("-created_at").first()
    if decision is not None and decision.chosen_name:
        decision = None  # older than its being put back: nothing has been decided since
    context = {
        "conversation": conversation,
        "decision": decision,
        "sentence": explain_waiting(decision),
    }
    return render(request, "routing/_waiting.html", context)
