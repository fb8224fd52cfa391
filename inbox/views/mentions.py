from django.shortcuts import render
from django.views.decorators.http import require_GET

from inbox.mentions import find_mentionable
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
def mentionable(request, number):
    """Return the options for a mention in a note of this conversation."""
    found = find_mentionable(find_conversation(request, number))
    others = [each for each in found if each.pk != request.membership.pk]
    return render(request, "inbox/_mentionable.html", {"found": others})
