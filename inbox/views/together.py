"""What open pages report to each other: who has a conversation open, and who is typing."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_POST

from inbox.actions.read_marker import mark_read
from inbox.live_updates import members_drafting
from inbox.models import Draft
from inbox.together import publish_typing, record_viewing
from inbox.views.desk import find_conversation
from messagehub.lib.text import parse_number
from teams.access import Permission, workspace_page


@require_POST
@workspace_page(Permission.ANSWER)
def viewing(request, number):
    """Record that the page shows the conversation, or with `leaves` that it no longer does.

    With `seq`, the page also reports up to which entry the member has read it.
    """
    conversation = find_conversation(request, number)
    leaves = "leaves" in request.POST
    if "seq" in request.POST:
        seq = parse_number(request.POST["seq"])
        if seq is None:
            return HttpResponseBadRequest()
        mark_read(conversation, membership=request.membership, seq=seq)
    viewers = record_viewing(conversation, member=request.membership, leaves=leaves)
    return JsonResponse({"viewers": viewers, "drafting": members_drafting(conversation)})


@require_POST
@workspace_page(Permission.ANSWER)
def typing(request, number):
    conversation = find_conversation(request, number)
    kind = request.POST.get("kind")
    if kind not in dict(Draft.KINDS):
        return HttpResponseBadRequest()
    publish_typing(conversation, member=request.membership, kind=kind)
    return HttpResponse(status=204)
