"""Records what a member's page has shown them.

A GET isn't enough: pages are prefetched, and background tabs catch up on their own.
"""

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from inbox.actions import read_marker
from inbox.views.desk import find_conversation
from messagehub.lib.text import parse_number
from teams.access import Permission, workspace_page


@require_POST
@workspace_page(Permission.ANSWER)
def mark_read(request, number):
    conversation = find_conversation(request, number)
    seq = parse_number(request.POST.get("seq", ""))
    if seq is None:
        return HttpResponseBadRequest()
    read_marker.mark_read(conversation, membership=request.membership, seq=seq)
    return HttpResponse(status=204)
