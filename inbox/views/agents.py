from django.db.models import Count, Q
from django.shortcuts import render
from django.views.decorators.http import require_GET

from teams.access import Permission, workspace_page
from teams.availability import with_availability


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def chat_agents(request):
    """Settings > Chat Agents: everybody who can answer chats."""
    people = request.workspace.memberships.current().with_permission(Permission.ANSWER).with_related()
    people = people.annotate(
        open_conversations=Count(
            "conversations", filter=Q(conversations__status="open"), distinct=True
        )
    )
    people = people.prefetch_related("teams", "inbox_memberships__inbox")
    context = {"people": with_availability(people.order_by("user__name", "pk"))}
    return render(request, "inbox/chat_agents.html", context)
