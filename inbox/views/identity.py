"""Settings > Inboxes > Identity: the secrets that prove who visitors are."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.identity_secret import (
    LastSecret,
    TooManySecrets,
    create_identity_secret,
    revoke_identity_secret,
)
from inbox.actions.inbox import update_inbox
from inbox.forms.identity import IdentityForm
from inbox.models import IdentitySecret
from inbox.views.inbox import find_inbox, redirect_after_save, render_tab
from teams.access import Permission, workspace_page
from teams.forms import form_data

TEMPLATE = "inbox/settings/identity.html"


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def identity(request, inbox):
    inbox = find_inbox(request, inbox)
    form = IdentityForm(form_data(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.cleaned_data, by=request.membership)
        return redirect_after_save(request, "inbox-identity", inbox)
    return render_tab(request, TEMPLATE, inbox, form, **describe_secrets(inbox))


def describe_secrets(inbox):
    secrets = list(inbox.identity_secrets.all())
    return {
        "secrets": secrets,
        "can_create": len(secrets) < IdentitySecret.MAX_COUNT,
        "kid": secrets[-1].kid if secrets else "KEY-ID",
    }


@never_cache
@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def secrets(request, inbox):
    """Create a secret, and show it this once."""
    inbox = find_inbox(request, inbox)
    if request.method == "GET":  # the browser stays on this URL after a secret was created
        return redirect("inbox-identity", request.workspace.slug, inbox.pk)
    try:
        secret, value = create_identity_secret(inbox, by=request.membership)
    except TooManySecrets:
        messages.error(request, _("There are already two secrets. Revoke one first."))
        return redirect("inbox-identity", request.workspace.slug, inbox.pk)
    context = {"inbox": inbox, "secret": secret, "value": value}
    return render(request, "inbox/settings/identity_secret.html", context)


@require_POST
@workspace_page(Permission.MANAGE_INBOXES)
def secret_revocation(request, inbox, secret):
    inbox = find_inbox(request, inbox)
    secret = get_object_or_404(inbox.identity_secrets.select_related("inbox"), pk=secret)
    try:
        revoke_identity_secret(secret, by=request.membership)
    except LastSecret:
        text = _(
            "This is the only secret, and the chat requires a verified identity. Create another "
            "secret or turn the requirement off first."
        )
        messages.error(request, text)
    else:
        messages.success(request, _("Revoked the secret %(kid)s.") % {"kid": secret.kid})
    return redirect("inbox-identity", request.workspace.slug, inbox.pk)
