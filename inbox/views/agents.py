from django.db.models import Count, Q
from django.shortcuts import render
from django.views.decorators.http import require_GET

from teams.access import Permission, workspace_page
from teams.availability import with_availability


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def chat_agents(request):
    """Settings > Chat Agents: everyone who can answer conversations."""
    agents = (
        request.workspace.memberships.current().with_permission(Permission.ANSWER).with_related()
    )
    agents = agents.annotate(
        open_conversations=Count(
            "conversations", filter=Q(conversations__status="open"), distinct=True
        )
    )
    agents = agents.prefetch_related("teams", "inbox_memberships__inbox")
    context = {"agents": with_availability(agents.order_by("user__name", "pk"))}
    return render(request, "inbox/chat_agents.html", context)
