from django.conf import settings
from django.utils.functional import SimpleLazyObject

from teams.account_frame import account_frame, is_account_page
from teams.availability import availability
from teams.load import open_chats
from teams.models import Logo, Membership
from teams.new_workspaces import can_create_workspace


def workspaces(request):
    """What every page's frame shows: the workspace, my membership, my other workspaces."""
    frame = account_frame(request) if is_account_page(request) else {}
    membership = frame.get("membership") or getattr(request, "membership", None)
    workspace = membership.workspace if membership else None
    return {
        **frame,
        "workspace": workspace,
        "membership": membership,
        "my_availability": SimpleLazyObject(lambda: my_availability(membership)),
        "my_open_count": lambda: my_open_count(membership),
        "my_workspaces": lambda: my_workspaces(request),
        "sign_up": settings.SIGNUP,
        "can_create_workspace": lambda: can_create_workspace(request.user),
        "logo_digest": lambda: logo_digest(workspace),
    }


def my_availability(membership):
    """Whoever looks at a page of ours is there, whether its first heartbeat has come or not."""
    return availability(membership, {membership.pk})


def my_open_count(membership):
    return open_chats(membership.workspace_id, [membership.pk]).get(membership.pk, 0)


def my_workspaces(request):
    if not request.user.is_authenticated:
        return []
    memberships = Membership.objects.active().filter(user=request.user)
    return [each.workspace for each in memberships.select_related("workspace").order_by("pk")]


def logo_digest(workspace):
    """Names the workspace's logo; empty when it has none."""
    logos = Logo.objects.filter(workspace=workspace)
    return logos.values_list("digest", flat=True).first() or ""
