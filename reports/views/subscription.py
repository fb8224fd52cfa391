"""My settings > Notifications: whether a member gets the weekly report."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reports.models import WeeklyReportSubscription
from teams.access import Permission, workspace_page


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.SEE_REPORTS)
def weekly_report(request):
    """Show whether the member is subscribed; POST subscribes."""
    if request.method == "POST":
        WeeklyReportSubscription.objects.get_or_create(
            membership=request.membership, defaults={"workspace": request.workspace}
        )
    return render_subscription(request)


@require_POST
@workspace_page(Permission.SEE_REPORTS)
def end_weekly_report(request):
    WeeklyReportSubscription.objects.filter(membership=request.membership).delete()
    return render_subscription(request)


def render_subscription(request):
    found = WeeklyReportSubscription.objects.filter(membership=request.membership)
    return render(request, "reports/_subscription.html", {"is_subscribed": found.exists()})
