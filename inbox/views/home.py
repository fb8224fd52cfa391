from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from inbox.models import Inbox
from teams.access import ANY_MEMBER, Permission, workspace_page

FIRST_PAGES = [
    (Permission.ANSWER, "conversations"),
    (Permission.CHANGE_SETTINGS, "general"),
    (Permission.MANAGE_TEAM, "team-members"),
    (Permission.MANAGE_INBOXES, "inboxes"),
    (Permission.SEE_REPORTS, "routing-board"),
    (Permission.SEE_AUDIT_LOG, "audit-log"),
]


@require_GET
@workspace_page(ANY_MEMBER)
def workspace_home(request):
    """Redirect to the first page that the member's role allows."""
    for permission, page in FIRST_PAGES:
        if request.membership.can(permission):
            return redirect(page, request.workspace.slug)
    raise PermissionDenied


@require_GET
@workspace_page(ANY_MEMBER)
def welcome(request):
    """Redirect from a new workspace to the installation of its inbox, or else to its home page."""
    inbox = Inbox.objects.visible_to(request.membership).order_by("created_at").first()
    if inbox is None or not request.membership.can(Permission.MANAGE_INBOXES):
        return redirect("workspace", request.workspace.slug)
    return redirect("installation", request.workspace.slug, inbox.pk)
