"""Accept an invitation. These pages are outside of all workspaces and need only the link.

Opening the link changes nothing, because mail scanners open links. Accepting is a POST.
"""

from django.contrib.auth import login, logout
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from teams.actions.joining import (
    CannotAccept,
    accept_invitation,
    find_invitation,
    has_account,
    is_invited,
    refuse_if_closed,
    refuse_unless_pending,
    sign_up_and_accept,
)
from teams.forms import form_data
from teams.forms.members import WelcomeForm


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    try:
        found = find_invitation(token)
        refuse_unless_pending(found)
        return hide_referrer(join(request, found, token))
    except CannotAccept as error:
        return hide_referrer(render_problem(request, error.state))


def join(request, found, token):
    user = request.user
    if user.is_authenticated:
        if not is_invited(found, user):
            context = {"invitation": found, "token": token}
            return render(request, "teams/join_other.html", context)
        if request.method == "POST":
            return open_workspace(accept_invitation(found, user=user))
        return render(request, "teams/join.html", {"invitation": found})
    if has_account(found):
        query = urlencode({"next": request.path})
        context = {"invitation": found, "sign_in": f"{resolve_url('account_login')}?{query}"}
        return render(request, "teams/join_sign_in.html", context)
    return join_with_new_account(request, found)


def join_with_new_account(request, found):
    refuse_if_closed()
    form = WelcomeForm(form_data(request), email=found.email, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        membership = sign_up_and_accept(found, **form.cleaned_data)
        login(request, membership.user)
        return open_workspace(membership)
    context = {"invitation": found, "form": form}
    return render(request, "teams/join_new.html", context, status=400 if form.errors else 200)


def open_workspace(membership):
    return redirect("workspace", membership.workspace.slug)


def render_problem(request, state):
    """Explain why the invitation can't be accepted; state is that of CannotAccept."""
    status = {"unknown": 404, "closed": 403}.get(state, 410)
    return render(request, "teams/join_problem.html", {"state": state}, status=status)


def hide_referrer(response):
    """Keep the URL, which is the key, from other sites. Our own need it to accept the form."""
    response["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_POST
def switch(request, token):
    """Sign out and return to the invitation, for someone signed in as a different person."""
    logout(request)
    return redirect("invitation", token)
