from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inbox.actions.draft import TooManyDrafts, save_draft
from inbox.forms import DraftForm
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


@require_POST
@workspace_page(Permission.ANSWER)
def draft(request, number):
    """Save the member's draft. The response has the version that is stored now."""
    conversation = find_conversation(request, number)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        kept = save_draft(conversation, by=request.membership, **form.cleaned_data)
    except TooManyDrafts:
        error = _("You have so many drafts that this one is kept in this browser only.")
        return JsonResponse({"error": error}, status=409)
    if kept is None:
        return JsonResponse({"version": "", "other": ""})
    # If the stored text differs from the one sent, a different device was faster.
    body = "" if kept.body == form.cleaned_data["body"] else kept.body
    data = {"version": str(kept.version), "other": kept.other_body}
    return JsonResponse(data | {"body": body, "client_id": str(kept.client_id)})
