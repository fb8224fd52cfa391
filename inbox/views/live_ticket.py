from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from inbox.live_updates import restricted_channel
from inbox.models import Conversation, Inbox
from messagehub.lib.live import tickets
from messagehub.lib.text import parse_number
from teams.access import Permission, workspace_page
from teams.sessions import session_subject

# A page gets live updates of this many inboxes. Changes in other inboxes show when the list
# reloads.
MAX_INBOXES = 200
# Conversations open in the tabs of one browser (MAX_WANTS in static/live/relay.js).
MAX_CONVERSATIONS_PER_TICKET = 12


@require_POST
@workspace_page(Permission.ANSWER)
def live_ticket(request):
    """Issue a ticket for the channels that the pages of one browser may follow now.

    The pages share one stream, so a conversation that the member may not see is refused without
    refusing the ticket to the pages that show others.
    """
    membership = request.membership
    sees_all = membership.can(Permission.SEE_ALL)
    channels = [f"workspace:{request.workspace.pk}", membership.live_channel]
    subjects = [f"membership:{membership.pk}", session_subject(request)]
    inboxes = Inbox.objects.visible_to(membership).order_by("created_at")[:MAX_INBOXES]
    channels += [inbox.live_channel if sees_all else inbox.queue_channel for inbox in inboxes]
    if not sees_all:
        channels.append(restricted_channel(membership.pk))
    requested = set(request.POST.getlist("conversation")) - {""}
    numbers = {parse_number(number) for number in requested}
    if None in numbers or len(numbers) > MAX_CONVERSATIONS_PER_TICKET:
        raise Http404
    conversations = Conversation.objects.visible_to(membership).filter(number__in=numbers)
    for conversation in conversations.order_by("number") if numbers else ():
        channels.append(conversation.live_channel)
        numbers.remove(conversation.number)
        if not sees_all:
            subjects.append(conversation.restricted_subject)
    ticket = tickets.issue(channels=channels, subjects=subjects)
    return JsonResponse({"ticket": ticket, "refused": [str(number) for number in sorted(numbers)]})
