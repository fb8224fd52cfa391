"""Settings > Inboxes: the list, a new one, and the tabs of one (routing/views has two more)."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.inbox import create_inbox, set_inbox_members, update_inbox
from inbox.forms import AppearanceForm, InstallationForm, NewInboxForm, PeopleForm
from inbox.models import Inbox
from messagehub.lib.origin import is_loopback
from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.forms.team import posted


def find_inbox(request, inbox):
    """An inbox this person may manage; for everybody else it does not exist."""
    found = Inbox.objects.visible_to(request.membership).select_related("workspace")
    return get_object_or_404(found, pk=inbox)


def tab(request, template, inbox, *forms, **context):
    """One tab of an inbox's settings; 400 when one of its forms has something to say."""
    context |= {"inbox": inbox, "form": forms[0]}
    wrong = any(form.errors for form in forms)
    return render(request, template, context, status=400 if wrong else 200)


def saved(request, page, inbox):
    messages.success(request, _("Saved."))
    return redirect(page, request.workspace.slug, inbox.pk)


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
def inboxes(request):
    found = Inbox.objects.visible_to(request.membership).with_agents().order_by("created_at")
    return render(request, "inbox/inboxes.html", {"inboxes": found})


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def new_inbox(request):
    me = request.membership
    form = NewInboxForm(posted(request), workspace=request.workspace, chosen=[me.pk])
    if request.method == "POST" and form.is_valid():
        inbox = create_inbox(request.workspace, **form.cleaned_data, by=me)
        messages.success(request, _("Made. Put it on your website next."))
        return redirect("installation", request.workspace.slug, inbox.pk)
    context = {"form": form}
    return render(request, "inbox/new_inbox.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def appearance(request, inbox):
    inbox = find_inbox(request, inbox)
    form = AppearanceForm(posted(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.cleaned_data, by=request.membership)
        return saved(request, "inbox-appearance", inbox)
    faces = inbox.agents.order_by("pk")[:3]
    return tab(request, "inbox/settings/appearance.html", inbox, form, faces=faces)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def access(request, inbox):
    """Who answers it. Nobody is allowed, and warned of: it then waits for the administrators."""
    inbox = find_inbox(request, inbox)
    form = PeopleForm(posted(request), workspace=request.workspace, inbox=inbox)
    if request.method == "POST" and form.is_valid():
        set_inbox_members(inbox, **form.cleaned_data, by=request.membership)
        return saved(request, "inbox-access", inbox)
    return tab(request, "inbox/settings/access.html", inbox, form, people=form.people)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def installation(request, inbox):
    """The line to embed, where it may be embedded, and what to do next."""
    inbox = find_inbox(request, inbox)
    form = InstallationForm(posted(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.cleaned_data, by=request.membership)
        return saved(request, "installation", inbox)
    line = f'<script async src="{settings.SITE_URL}/widget/{inbox.key}.js"></script>'
    where = {"site_url": settings.SITE_URL, "is_only_here": is_loopback(settings.SITE_URL)}
    return tab(request, "inbox/installation.html", inbox, form, line=line, **where)


@require_GET
@workspace_page(ANY_MEMBER)
def welcome(request):
    """Where a new workspace begins: the line to embed, or the first page of whoever may not."""
    inbox = Inbox.objects.visible_to(request.membership).order_by("created_at").first()
    if inbox is None or not request.membership.can(Permission.MANAGE_INBOXES):
        return redirect("workspace", request.workspace.slug)
    return redirect("installation", request.workspace.slug, inbox.pk)
