from collections import Counter

from django.shortcuts import get_list_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inbox.views.desk import find_conversation
from routing.retention import RETENTION
from routing.explanations import explain_candidate, format_tally
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
def decision(request, number, decision):
    """Why this conversation went to that person: the candidates as they were at that moment, as
    long as they are kept."""
    conversation = find_conversation(request, number)
    found = conversation.decisions.filter(pk=decision).first()
    if found is None:
        get_list_or_404(conversation.messages.filter(details__decision=str(decision)))
        return render(request, "routing/_decision.html#expired", {"days": RETENTION.days})
    context = {
        "decision": found,
        "candidates": [shown(each, found) for each in found.candidates],
        "more": format_tally(beyond(found)),
    }
    return render(request, "routing/_decision.html", context)


def shown(candidate, decision):
    return {
        "name": candidate["name"],
        "code": candidate["code"],
        "words": explain_candidate(candidate),
        "load": load_words(candidate),
        "chosen": candidate["id"] == str(decision.chosen_id),
    }


def load_words(candidate):
    """«3 of 5 chats», for those who have a limit."""
    limit = candidate.get("limit")
    if limit is None:
        return ""
    return _("%(load)d of %(limit)d chats") % {"load": candidate["load"], "limit": limit}


def beyond(decision):
    """{code: how many} of the candidates that are not kept one by one."""
    return Counter(decision.tally) - Counter(each["code"] for each in decision.candidates)
