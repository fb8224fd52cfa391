"""The one gate to everything under /w/<workspace>/.

Threat: a page, fragment, file or export that forgets to ask who is asking. Every route under a
workspace carries the mark `required_permissions`, set only here; a test walks the URLconf and
fails for a route without it. A workspace that is not yours does not exist (404); a role that is
not enough is 403.
"""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from teams.models import FormerAddress, Membership
from teams.permissions import Permission

ANY_MEMBER = "any member"


def workspace_page(*permissions: Permission | str):
    """Let in members of the workspace with all of these permissions, or ANY_MEMBER.

    What changes a conversation or a contact shows it in its answer: it asks for ANSWER, too.
    Sets request.workspace and request.membership.
    """
    required = frozenset(permissions)
    needed = required - {ANY_MEMBER}

    def decorate(view):
        @never_cache
        @wraps(view)
        def gate(request, workspace, *args, **kwargs):
            if not request.user.is_authenticated:
                return sign_in_first(request, workspace)
            membership = membership_of(request.user, workspace)
            if membership is None:
                return lead_on(request, workspace)
            if not all(map(membership.can, needed)):
                raise PermissionDenied
            request.membership = membership
            request.workspace = membership.workspace
            with timezone.override(membership.zone):
                return view(request, *args, **kwargs)

        gate.required_permissions = required
        return gate

    return decorate


def membership_of(user, slug) -> Membership | None:
    memberships = Membership.objects.active().with_related()
    return memberships.filter(user=user, workspace__slug=slug).first()


def lead_on(request, slug):
    """The workspace's former address leads its members to the new one; all else is unknown."""
    former = FormerAddress.objects.filter(slug=slug).select_related("workspace").first()
    if former is None or membership_of(request.user, former.workspace.slug) is None:
        raise Http404
    path = request.get_full_path().replace(f"/w/{slug}/", f"/w/{former.workspace.slug}/", 1)
    return HttpResponseRedirect(path, preserve_request=True)


def sign_in_first(request, slug):
    """A page leads to the sign-in and back, a form is kept; whatever else asks is told so."""
    if request.htmx:
        response = HttpResponse(status=401)
        here = request.htmx.current_url_abs_path or reverse("workspace", args=[slug])
        response["HX-Redirect"] = redirect_to_login(here, resolve_url("account_login")).url
        return response
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(status=401)
    if request.method == "GET":
        return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
    return keep_what_was_sent(request, slug)


def keep_what_was_sent(request, slug):
    """Nothing typed is lost because a session ended: the page holds it until they are signed in."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    context = {"fields": fields, "home": reverse("workspace", args=[slug])}
    return render(request, "signed_out.html", context, status=401)
