"""Workspace Settings > General: name, address, time zone, language, logo, holidays, deletion."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from messagehub.lib.language import activate_language
from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.actions.holidays import set_holidays
from teams.actions.workspace import (
    AddressTaken,
    delete_workspace,
    move_workspace,
    set_logo,
    update_workspace,
)
from teams.forms.hours import HolidaysForm
from teams.forms.workspace import AddressForm, DeletionForm, GeneralForm, LogoForm
from teams.models import Logo

GENERAL_FIELDS = list(GeneralForm.base_fields)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.CHANGE_SETTINGS)
def general(request):
    workspace = request.workspace
    form = GeneralForm(request.POST or None, initial=model_to_dict(workspace, GENERAL_FIELDS))
    if request.method == "POST" and form.is_valid():
        update_workspace(workspace, **form.cleaned_data, by=request.membership)
        activate_language(request, workspace.language)  # the next page is in the new one
        messages.success(request, _("Saved."))
        return redirect("general", workspace.slug)
    return render_general(request, form=form)


def render_general(request, **forms):
    """Render the page with the given forms in place of unbound ones."""
    workspace = request.workspace
    context = {
        "form": GeneralForm(initial=model_to_dict(workspace, GENERAL_FIELDS)),
        "address_form": AddressForm(initial={"slug": workspace.slug}),
        "logo_form": LogoForm(),
        "holidays_form": HolidaysForm(stored=workspace.holidays),
        "deletion_form": DeletionForm(workspace=workspace),
        "logo": Logo.objects.filter(workspace=workspace).only("digest").first(),
        "members": workspace.memberships.current().count(),
    } | forms
    has_errors = any(form.errors for form in forms.values())
    return render(request, "teams/general.html", context, status=400 if has_errors else 200)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def address(request):
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            move_workspace(request.workspace, **form.cleaned_data, by=request.membership)
        except AddressTaken:
            form.add_error("slug", _("This address is already in use. Choose a different one."))
        else:
            messages.success(request, _("Saved. The old address still works."))
            return redirect("general", request.workspace.slug)
    return render_general(request, address_form=form)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def logo(request):
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_general(request, logo_form=form)
    png, digest = form.cleaned_data["logo"]
    set_logo(request.workspace, png=png, digest=digest, by=request.membership)
    return redirect("general", request.workspace.slug)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def logo_removal(request):
    set_logo(request.workspace, png=None, digest="", by=request.membership)
    return redirect("general", request.workspace.slug)


@require_GET
@workspace_page(ANY_MEMBER)
def logo_image(request, digest):
    found = get_object_or_404(Logo, workspace=request.workspace)
    if found.digest != digest:
        raise Http404
    return HttpResponse(bytes(found.png), content_type="image/png")


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def holidays(request):
    workspace = request.workspace
    form = HolidaysForm(request.POST, stored=workspace.holidays)
    if not form.is_valid():
        return render_general(request, holidays_form=form)
    set_holidays(workspace, form.stored, by=request.membership)
    messages.success(request, _("Saved."))
    return redirect("general", workspace.slug)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def deletion(request):
    form = DeletionForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_general(request, deletion_form=form)
    delete_workspace(request.workspace, by=request.membership)
    messages.success(request, _("Workspace deleted. You can restore it for 14 days."))
    return redirect("choose-workspace")
