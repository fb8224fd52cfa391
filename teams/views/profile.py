"""My settings > Profile: the member's name and photo, and the photos of colleagues."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from messagehub.lib.stored_files import stored_file_response
from teams.access import ANY_MEMBER, workspace_page
from teams.actions.photo import remove_photo, set_photo
from teams.actions.profile import TooManyNames, rename_user
from teams.forms.profile import NameForm, PhotoForm
from teams.models import Membership

YEAR = 365 * 24 * 3600


@require_GET
@workspace_page(ANY_MEMBER)
def my_profile(request):
    return render_profile(request)


def render_profile(request, *, name_form=None, photo_form=None):
    """Show both forms, one of which may have errors."""
    is_refused = bool(name_form or photo_form)
    context = {
        "name_form": name_form or NameForm(initial={"name": request.user.name}),
        "form": photo_form or PhotoForm(member=request.membership),
    }
    return render(request, "teams/my_profile.html", context, status=400 if is_refused else 200)


@require_POST
@workspace_page(ANY_MEMBER)
def my_name(request):
    form = NameForm(request.POST)
    if not form.is_valid():
        return render_profile(request, name_form=form)
    try:
        if rename_user(request.user, name=form.cleaned_data["name"]):
            messages.success(request, _("Saved."))
    except TooManyNames as error:
        form.add_error("name", str(error))
        return render_profile(request, name_form=form)
    return redirect("my-profile", request.workspace.slug)


@require_POST
@workspace_page(ANY_MEMBER)
def my_photo(request):
    form = PhotoForm(request.POST, request.FILES, member=request.membership)
    if not form.is_valid():
        return render_profile(request, photo_form=form)
    large, small = form.cleaned_data["photo"]
    set_photo(request.membership, large=large, small=small)
    messages.success(request, _("Saved."))
    return redirect("my-profile", request.workspace.slug)


@require_POST
@workspace_page(ANY_MEMBER)
def my_photo_removal(request):
    if remove_photo(request.membership):
        messages.success(request, _("Photo removed."))
    return redirect("my-profile", request.workspace.slug)


@require_GET
@workspace_page(ANY_MEMBER)
def photo(request, photo):
    _large, small = find_member(request, photo).photo_keys
    return photo_response(small)


@require_GET
@workspace_page(ANY_MEMBER)
def large_photo(request, photo):
    large, _small = find_member(request, photo).photo_keys
    return photo_response(large)


def find_member(request, photo):
    # The index of photos leaves out members without one.
    members = Membership.objects.exclude(photo="")
    return get_object_or_404(members, workspace=request.workspace, photo=photo)


def photo_response(key, *, cache="private"):
    """Send a photo. Its address never means another one."""
    response = stored_file_response(key, content_type="image/webp")
    if response.status_code == 200:
        response["Cache-Control"] = f"{cache}, max-age={YEAR}, immutable"
    return response
