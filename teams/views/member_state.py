from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams.access import Permission, workspace_page
from teams.actions.availability import set_away, set_available
from teams.views.members import find_member


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def member_away(request, member):
    person = find_member(request, member)
    if set_away(person, by=request.membership):
        messages.success(request, _("%(name)s is set to Away.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def member_back(request, member):
    person = find_member(request, member)
    if set_available(person, by=request.membership):
        messages.success(request, _("%(name)s is no longer Away.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)
