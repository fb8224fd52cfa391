from collections import Counter

from django.shortcuts import get_list_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inbox.views.desk import find_conversation
from routing.explanations import explain_candidate, format_tally
from routing.retention import RETENTION
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
def decision(request, number, decision):
    """Show the candidates as they were at that moment, as long as they are kept."""
    conversation = find_conversation(request, number)
    found = conversation.decisions.filter(pk=decision).first()
    if found is None:
        get_list_or_404(conversation.messages.filter(details__decision=str(decision)))
        return render(request, "routing/_decision.html#expired", {"days": RETENTION.days})
    context = {
        "decision": found,
        "candidates": [describe(each, found) for each in found.candidates],
        "more": format_tally(count_more(found)),
    }
    return render(request, "routing/_decision.html", context)


def describe(candidate, decision):
    return {
        "name": candidate["name"],
        "reason": explain_candidate(candidate),
        "open_count": open_count_text(candidate),
        "chosen": candidate["id"] == str(decision.chosen_id),
    }


def open_count_text(candidate):
    """Format "3 of 5 chats", for members with a capacity."""
    capacity = candidate.get("capacity")
    if capacity is None:
        return ""
    params = {"open_count": candidate["open_count"], "capacity": capacity}
    return _("%(open_count)d of %(capacity)d chats") % params


def count_more(decision):
    """Count by status the candidates that are not kept one by one."""
    return Counter(decision.tally) - Counter(each["status"] for each in decision.candidates)
