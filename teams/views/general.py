"""Workspace Settings > General: name, address, time zone, language, logo, deletion."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import ANY_MEMBER, Permission, workspace_page
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


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.CHANGE_SETTINGS)
def general(request):
    workspace = request.workspace
    now = {name: getattr(workspace, name) for name in ("name", "time_zone", "language")}
    form = GeneralForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        update_workspace(workspace, **form.cleaned_data, by=request.membership)
        messages.success(request, _("Saved."))
        return redirect("general", workspace.slug)
    return show(request, form=form)


def show(request, **forms):
    """The page with the form that has something to say; the others as they are."""
    workspace = request.workspace
    now = {name: getattr(workspace, name) for name in ("name", "time_zone", "language")}
    context = {
        "form": GeneralForm(initial=now),
        "address_form": AddressForm(initial={"slug": workspace.slug}),
        "logo_form": LogoForm(),
        "holidays_form": HolidaysForm(stored=workspace.holidays),
        "deletion_form": DeletionForm(workspace=workspace),
        "logo": Logo.objects.filter(workspace=workspace).only("digest").first(),
        "members": workspace.memberships.current().count(),
    } | forms
    wrong = any(form.errors for form in forms.values())
    return render(request, "teams/general.html", context, status=400 if wrong else 200)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def address(request):
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            move_workspace(request.workspace, **form.cleaned_data, by=request.membership)
        except AddressTaken:
            form.add_error("slug", _("This address is already in use. Choose another one."))
        else:
            messages.success(request, _("Saved. The old address leads here too."))
            return redirect("general", request.workspace.slug)
    return show(request, address_form=form)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def logo(request):
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, logo_form=form)
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
def logo_picture(request, digest):
    found = get_object_or_404(Logo, workspace=request.workspace)
    if found.digest != digest:
        raise Http404
    return HttpResponse(bytes(found.png), content_type="image/png")


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def deletion(request):
    form = DeletionForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return show(request, deletion_form=form)
    delete_workspace(request.workspace, by=request.membership)
    messages.success(request, _("The workspace is deleted. You can bring it back for 14 days."))
    return redirect("choose-workspace")
