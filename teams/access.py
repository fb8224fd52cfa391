"""The one gate to everything under /w/<workspace>/.

Threat: a page, fragment, file or export that forgets to check who requests it. Every view under a
workspace carries `required_permissions`, which is set only here; a test walks the URLconf and fails
for a route without it. A workspace that isn't yours doesn't exist (404); a role that isn't enough
is 403.
"""

from functools import wraps
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.sessions import loaded_user, session_user_pk
from messagehub.lib.language import activate_language
from messagehub.lib.prepared_query import PreparedQuery
from teams.models import FormerAddress, Membership
from teams.permissions import Permission

ANY_MEMBER = "any member"


def workspace_page(*permissions: Permission | str):
    """Admit members of the workspace with all of these permissions, or ANY_MEMBER.

    A view that changes a conversation or a contact also shows it in its response, so it requires
    ANSWER too. Sets request.workspace and request.membership.
    """
    required = frozenset(permissions)
    needed = required - {ANY_MEMBER}

    def decorate(view):
        @wraps(view)
        def gate(request, workspace, *args, **kwargs):
            response = admit(request, workspace, *args, **kwargs)
            if "Cache-Control" not in response:
                add_never_cache_headers(response)
            return response

        def admit(request, workspace, *args, **kwargs):
            membership = find_own_membership(request, workspace)
            if not request.user.is_authenticated:
                return request_sign_in(request, workspace)
            if membership is None:
                return redirect_former_address(request, workspace)
            activate_language(request, membership.workspace.language)
            if not all(map(membership.can, needed)):
                raise PermissionDenied
            request.membership = membership
            request.workspace = membership.workspace
            with timezone.override(membership.zone):
                return view(request, *args, **kwargs)

        gate.required_permissions = required
        return gate

    return decorate


def find_own_membership(request, slug) -> Membership | None:
    """Find the membership of request.user, and load this user with the same query."""
    pk = session_user_pk(request)
    membership = pk and MEMBERSHIP.first(user=pk, slug=slug)
    with loaded_user(membership and membership.user):
        return membership if request.user.is_authenticated else None


def find_membership(user, slug) -> Membership | None:
    return MEMBERSHIP.first(user=user.pk, slug=slug)


# Runs with every request to a workspace. Every page shows the logo.
MEMBERSHIP = PreparedQuery(
    lambda user, slug: (
        Membership.objects.active()
        .with_related()
        .annotate(logo_digest=F("workspace__logo__digest"))
        .filter(user=user, workspace__slug=slug)
    ),
    user=UUID,
    slug=str,
)


def redirect_former_address(request, slug):
    """Redirect members from a former address of their workspace. Raises Http404 otherwise."""
    former = FormerAddress.objects.filter(slug=slug).select_related("workspace").first()
    if former is None or find_membership(request.user, former.workspace.slug) is None:
        raise Http404
    path = request.get_full_path().replace(f"/w/{slug}/", f"/w/{former.workspace.slug}/", 1)
    return HttpResponseRedirect(path, preserve_request=True)


def request_sign_in(request, slug):
    """Redirect pages to the sign-in and back, keep forms, and answer 401 to anything else."""
    if request.htmx:
        response = HttpResponse(status=401)
        current = request.htmx.current_url_abs_path or reverse("workspace", args=[slug])
        response["HX-Redirect"] = redirect_to_login(current, resolve_url("account_login")).url
        return response
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(status=401)
    if request.method == "GET":
        return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
    return render_signed_out_form(request, slug)


def render_signed_out_form(request, slug):
    """Keep the submitted fields in a page until the user is signed in again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    context = {"fields": fields, "home": reverse("workspace", args=[slug])}
    return render(request, "signed_out.html", context, status=401)
