"""Workspace Settings > General > Holidays."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams.access import Permission, workspace_page
from teams.actions.holidays import set_holidays
from teams.forms.hours import HolidaysForm
from teams.views.general import show


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def holidays(request):
    workspace = request.workspace
    form = HolidaysForm(request.POST, stored=workspace.holidays)
    if not form.is_valid():
        return show(request, holidays_form=form)
    set_holidays(workspace, form.stored, by=request.membership)
    messages.success(request, _("Saved."))
    return redirect("general", workspace.slug)
