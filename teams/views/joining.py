"""The other end of an invitation: outside every workspace, with nothing but the link.

Opening the link changes nothing (mail scanners open links); accepting is a POST.
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
from teams.forms.team import WelcomeForm, posted

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    try:
        found = find_invitation(token)
        refuse_unless_pending(found)
        return private(answer(request, found, token))
    except CannotAccept as error:
        return private(say(request, error.state, token))


def answer(request, found, token):
    user = request.user
    if user.is_authenticated:
        if not is_invited(found, user):
            return other_person(request, found, token)
        if request.method == "POST":
            return enter(accept_invitation(found, user=user))
        return render(request, "teams/join.html", {"invitation": found})
    if has_account(found):
        query = urlencode({"next": request.path})
        context = {"invitation": found, "sign_in": f"{resolve_url('account_login')}?{query}"}
        return render(request, "teams/join_sign_in.html", context)
    return new_person(request, found)


def new_person(request, found):
    refuse_if_closed()
    form = WelcomeForm(form_data(request), email=found.email, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        membership = sign_up_and_accept(found, **form.cleaned_data)
        login(request, membership.user, backend=BACKEND)
        return enter(membership)
    context = {"invitation": found, "form": form}
    return render(request, "teams/join_new.html", context, status=400 if form.errors else 200)


def enter(membership):
    return redirect("workspace", membership.workspace.slug)


def other_person(request, found, token):
    context = {"invitation": found, "token": token}
    return render(request, "teams/join_other.html", context)


def say(request, state, token):
    """Revoked, expired, used, unknown, closed: what happened and what to do."""
    status = {"unknown": 404, "closed": 403}.get(state, 410)
    return render(request, "teams/join_problem.html", {"state": state}, status=status)


def private(response):
    """The address is the key: it goes to nobody else. Our own pages need it to accept the form."""
    response["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_POST
def switch(request, token):
    """Signed in as another person: out, and back to the invitation."""
    logout(request)
    return redirect("invitation", token)
