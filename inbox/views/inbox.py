"""Settings > Inboxes: the list, a new inbox, and the tabs of one (routing/views has two more)."""

import segno
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.inbox import create_inbox, set_inbox_members, update_inbox
from inbox.forms import (
    AppearanceForm,
    InboxMembersForm,
    InstallationForm,
    NewInboxForm,
    PreChatSettingsForm,
)
from inbox.models import Inbox
from messagehub.lib.origin import is_loopback
from teams.access import Permission, workspace_page
from teams.forms import form_data


def find_inbox(request, inbox):
    """Return an inbox that the member may manage, or raise Http404."""
    inboxes = Inbox.objects.visible_to(request.membership).select_related("workspace")
    return get_object_or_404(inboxes, pk=inbox)


def render_tab(request, template, inbox, *forms, **context):
    """Show a tab of an inbox's settings, with status 400 if one of its forms is invalid."""
    context |= {"inbox": inbox, "form": forms[0]}
    has_errors = any(form.errors for form in forms)
    return render(request, template, context, status=400 if has_errors else 200)


def redirect_after_save(request, page, inbox):
    messages.success(request, _("Saved."))
    return redirect(page, request.workspace.slug, inbox.pk)


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
def inboxes(request):
    visible = Inbox.objects.visible_to(request.membership).with_agents().order_by("created_at")
    return render(request, "inbox/inboxes.html", {"inboxes": visible})


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def new_inbox(request):
    me = request.membership
    form = NewInboxForm(form_data(request), workspace=request.workspace, chosen=[me.pk])
    if request.method == "POST" and form.is_valid():
        inbox = create_inbox(request.workspace, **form.cleaned_data, by=me)
        messages.success(request, _("Inbox created. Next, add it to your website."))
        return redirect("installation", request.workspace.slug, inbox.pk)
    context = {"form": form}
    return render(request, "inbox/new_inbox.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def appearance(request, inbox):
    inbox = find_inbox(request, inbox)
    form = AppearanceForm(form_data(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.values, by=request.membership)
        return redirect_after_save(request, "inbox-appearance", inbox)
    agents = inbox.agents.order_by("pk")[:3]
    return render_tab(request, "inbox/settings/appearance.html", inbox, form, agents=agents)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def prechat(request, inbox):
    inbox = find_inbox(request, inbox)
    form = PreChatSettingsForm(form_data(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.values, by=request.membership)
        return redirect_after_save(request, "inbox-prechat", inbox)
    return render_tab(request, "inbox/settings/prechat.html", inbox, form)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def access(request, inbox):
    """Choose the inbox's agents. The page warns if no one is chosen, but allows it."""
    inbox = find_inbox(request, inbox)
    form = InboxMembersForm(form_data(request), workspace=request.workspace, inbox=inbox)
    if request.method == "POST" and form.is_valid():
        set_inbox_members(inbox, **form.cleaned_data, by=request.membership)
        return redirect_after_save(request, "inbox-access", inbox)
    return render_tab(
        request, "inbox/settings/access.html", inbox, form, members=form.selectable_members
    )


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def installation(request, inbox):
    """Show the line to embed, which websites may embed it, and what to do next."""
    inbox = find_inbox(request, inbox)
    form = InstallationForm(form_data(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.cleaned_data, by=request.membership)
        return redirect_after_save(request, "installation", inbox)
    line = f'<script async src="{settings.SITE_URL}/widget/{inbox.key}.js"></script>'
    page = f"{settings.SITE_URL}/c/{inbox.key}/"
    return render_tab(
        request,
        "inbox/installation.html",
        inbox,
        form,
        line=line,
        page=page,
        qr_code=segno.make(page, error="m", micro=False).svg_data_uri(scale=8, border=4),
        embeddings=inbox.embeddings.select_related("inbox").order_by("-last_seen_at"),
        site_url=settings.SITE_URL,
        is_only_here=is_loopback(settings.SITE_URL),
    )
