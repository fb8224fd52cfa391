from uuid import UUID

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from messagehub.lib.prepared_query import PreparedQuery
from teams.account_frame import account_frame
from teams.availability import describe_availability, open_counts
from teams.models import Logo, Membership
from teams.new_workspaces import can_create_workspace


def workspaces(request):
    """Provide what the frame of every page shows."""
    frame = account_frame(request)
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
        "logo_digest": lambda: logo_digest(membership),
    }


def my_availability(membership):
    """Count the member as online even before the first heartbeat of the page they view."""
    return describe_availability(membership, {membership.pk})


def my_open_count(membership):
    return open_counts(membership.workspace_id, [membership.pk]).get(membership.pk, 0)


def my_workspaces(request):
    if not request.user.is_authenticated:
        return []
    return [each.workspace for each in MEMBERSHIPS.all(user=request.user.pk)]


# Every page lists them.
MEMBERSHIPS = PreparedQuery(
    lambda user: (
        Membership.objects.active().filter(user=user).select_related("workspace").order_by("pk")
    ),
    user=UUID,
)


def logo_digest(membership):
    """Return the logo's digest for its URL, or "" if the workspace has no logo."""
    if membership is None:
        return ""
    if not hasattr(membership, "logo_digest"):  # the gate loads it
        logos = Logo.objects.filter(workspace=membership.workspace_id)
        membership.logo_digest = logos.values_list("digest", flat=True).first()
    return membership.logo_digest or ""
