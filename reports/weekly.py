"""The weekly report: subscribers get last week's figures by email on Monday morning."""

from datetime import date, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.actions import queue_deliveries
from outbox.kinds import RenderedEmail, email_renderer, register_kind
from outbox.models import Delivery
from reports.change import cards
from reports.filters import Filters
from reports.measuring import large_queries
from reports.models import WeeklyReportSubscription
from teams.models import Membership
from teams.permissions import Permission

KIND = "weekly_report"
MONDAY, HOUR = 0, 7

register_kind(KIND, gettext_lazy("Weekly report"))


def subscribed_members():
    """Return the subscribers who may see reports. Others get nothing, but stay subscribed."""
    subscriptions = WeeklyReportSubscription.objects.values("membership")
    members = Membership.objects.active().with_permission(Permission.SEE_REPORTS)
    return members.filter(pk__in=subscriptions).with_related()


def queue_weekly_reports(now=None):
    """Queue each member's report once per Monday, from 7:00 in the member's time zone."""
    now, deliveries = now or timezone.now(), []
    for membership in subscribed_members().iterator():
        local = now.astimezone(membership.zone)
        if local.weekday() != MONDAY or local.hour < HOUR:
            continue
        deliveries.append(
            Delivery(
                kind=KIND,
                key=f"{KIND}:{membership.pk}:{local.date()}",
                recipient=membership.user.email,
                workspace=membership.workspace,
                payload={"membership": str(membership.pk), "monday": str(local.date())},
                next_attempt_at=now,
            )
        )
    queue_deliveries(deliveries)


@email_renderer(KIND)
def render_weekly_report(delivery) -> RenderedEmail | None:
    """Return None if the member has unsubscribed or may not see reports any more."""
    members = subscribed_members().filter(pk=delivery.payload["membership"])
    membership = members.filter(user__email=delivery.recipient).first()
    if membership is None:
        return None
    workspace = membership.workspace
    monday = date.fromisoformat(delivery.payload["monday"])
    filters = Filters(membership, last_week(monday))
    with workspace.in_language(), timezone.override(workspace.zone):
        with large_queries():
            shown = cards(filters)
        path = reverse("reports", args=[workspace.slug])
        context = {
            "cards": shown,
            "period": filters.period.label,
            "workspace": workspace.name,
            "url": f"{settings.SITE_URL}{path}?{filters.query}",
        }
        return RenderedEmail(
            subject=_("%(workspace)s: %(period)s") % context,
            text=render_to_string("reports/email/weekly.txt", context),
            html=render_to_string("reports/email/weekly.html", context),
        )


def last_week(monday) -> dict:
    """Return the filters of the seven days before, also for an email that leaves much later."""
    first, last = monday - timedelta(days=7), monday - timedelta(days=1)
    return {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
