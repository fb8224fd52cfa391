from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.inbox import save_inbox
from inbox.forms import InstallationForm
from inbox.models import Inbox
from teams.access import ANY_MEMBER, Permission, workspace_page


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def installation(request, inbox):
    """The line to embed, where it may be embedded, and what to do next."""
    inbox = get_object_or_404(Inbox.objects.visible_to(request.membership), pk=inbox)
    form = InstallationForm(request.POST or None, instance=inbox)
    if request.method == "POST" and form.is_valid():
        save_inbox(form.save(commit=False), by=request.membership)
        messages.success(request, _("Saved."))
        return redirect("installation", request.workspace.slug, inbox.pk)
    line = f'<script async src="{settings.SITE_URL}/widget/{inbox.key}.js"></script>'
    context = {"inbox": inbox, "form": form, "line": line, "demo": settings.DEMO}
    status = 400 if form.errors else 200
    return render(request, "inbox/installation.html", context, status=status)


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
def inboxes(request):
    found = Inbox.objects.visible_to(request.membership).order_by("created_at")
    return render(request, "inbox/inboxes.html", {"inboxes": found})


@require_GET
@workspace_page(ANY_MEMBER)
def welcome(request):
    """Where a new workspace begins: the line to embed, or the desk for those who only answer."""
    inbox = Inbox.objects.visible_to(request.membership).order_by("created_at").first()
    if inbox is None or not request.membership.can(Permission.MANAGE_INBOXES):
        return redirect("conversations", request.workspace.slug)
    return redirect("installation", request.workspace.slug, inbox.pk)
