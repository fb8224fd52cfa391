"""Workspace Settings > Emails: the workspace's outgoing emails and their delivery status.

The text of an email is never shown, because it may contain one-time links.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from messagehub.lib.invisible import clean_line
from outbox import reasons
from outbox.models import Delivery
from teams.access import Permission, workspace_page
from teams.actions.email import CannotRetry, retry_email
from teams.emails import link_subjects, visible_deliveries

PAGE = 50
# A healthy worker takes an email within seconds; the sweep runs every ten.
LATE = timedelta(minutes=2)
DAY = timedelta(days=1)
State = Delivery.State
STATES = {
    "undelivered": (pgettext_lazy("email", "Not delivered"), [State.FAILED, State.BOUNCED]),
    "waiting": (pgettext_lazy("email", "Waiting"), [State.WAITING, State.SENDING]),
    "sent": (pgettext_lazy("email", "Sent"), [State.SENT]),
    "failed": (pgettext_lazy("email", "Failed"), [State.FAILED]),
    "bounced": (pgettext_lazy("email", "Bounced"), [State.BOUNCED]),
    "cancelled": (pgettext_lazy("email", "Cancelled"), [State.CANCELLED]),
}


@require_GET
@workspace_page(Permission.CHANGE_SETTINGS)
def emails(request):
    deliveries = visible_deliveries(request.membership)
    last = find_last(deliveries, request.GET.get("before", ""))
    found = list(older_than(last, filter_deliveries(deliveries, request.GET))[: PAGE + 1])
    failed = deliveries.undelivered().filter(failed_at__gt=timezone.now() - DAY)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "emails": describe(found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "query": query.urlencode(),
        "filters": request.GET,
        "states": [(name, label) for name, (label, _states) in STATES.items()],
        "undelivered": failed.count(),
        "is_delayed": deliveries.due(overdue_by=LATE).exists(),
    }
    return render(request, "teams/emails.html", context)


def filter_deliveries(deliveries, query):
    """Apply the filters of the query string, ignoring invalid ones."""
    if query.get("state") in STATES:
        deliveries = deliveries.filter(state__in=STATES[query["state"]][1])
    if recipient := clean_line(query.get("recipient", "")):
        deliveries = deliveries.filter(recipient__icontains=recipient)
    return deliveries.order_by("-created_at", "-pk")


def find_last(deliveries, before):
    """Return the last email of the previous page, or None on the first page."""
    try:
        return deliveries.filter(pk=UUID(before)).first()
    except ValueError:
        return None


def older_than(last, deliveries):
    if last is None:
        return deliveries
    older = Q(created_at__lt=last.created_at) | Q(pk__lt=last.pk)
    return deliveries.filter(older, created_at__lte=last.created_at)


def describe(deliveries):
    """Set what the table shows about each of the emails."""
    link_subjects(deliveries)
    now = timezone.now()
    for delivery in deliveries:
        delivery.is_due = delivery.next_attempt_at <= now
        delivery.reason_text = reasons.describe(delivery.reason)
        delivery.advice = reasons.advice(delivery.reason)
    return deliveries


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def retry(request, delivery):
    found = get_object_or_404(visible_deliveries(request.membership), pk=delivery)
    try:
        is_resent = retry_email(found, by=request.membership)
    except CannotRetry as error:
        messages.error(request, str(error))
    else:
        if is_resent:
            messages.success(request, _("Resending the email to %s.") % found.recipient)
        else:
            messages.info(request, _("There's nothing to resend here."))
    query = request.GET.urlencode()
    url = reverse("emails", args=[request.workspace.slug])
    return redirect(f"{url}?{query}" if query else url)
