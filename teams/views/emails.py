"""Workspace Settings > Emails: what leaves the workspace by mail, and what became of it.

The text of an email is never shown: it may hold one-time links.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from messagehub.lib.invisible import clean_line
from outbox import reasons
from outbox.models import Delivery
from teams.access import Permission, workspace_page
from teams.actions.email import CannotRetry, retry_email
from teams.emails import link_subjects, visible_deliveries

PAGE = 50
# A worker that is well takes an email within seconds; the sweep comes every ten.
LATE = timedelta(minutes=2)
DAY = timedelta(days=1)
State = Delivery.State
STATES = {
    "undelivered": (gettext_lazy("Not delivered"), [State.FAILED, State.BOUNCED]),
    "waiting": (gettext_lazy("Waiting"), [State.WAITING, State.SENDING]),
    "sent": (gettext_lazy("Sent"), [State.SENT]),
    "failed": (gettext_lazy("Failed"), [State.FAILED]),
    "bounced": (gettext_lazy("Bounced"), [State.BOUNCED]),
    "cancelled": (gettext_lazy("Cancelled"), [State.CANCELLED]),
}


@require_GET
@workspace_page(Permission.CHANGE_SETTINGS)
def emails(request):
    everything = visible_deliveries(request.membership)
    last = find_last(everything, request.GET.get("before", ""))
    found = list(older_than(last, chosen(everything, request.GET))[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "emails": with_words(found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "query": query.urlencode(),
        "filters": request.GET,
        "states": [(name, words) for name, (words, _states) in STATES.items()],
        "undelivered": everything.undelivered().filter(failed_at__gt=timezone.now() - DAY).count(),
        "no_worker": everything.due(overdue_by=LATE).exists(),
    }
    return render(request, "teams/emails.html", context)


def chosen(deliveries, query):
    """Filtered as the address says; nonsense filters nothing."""
    if query.get("state") in STATES:
        deliveries = deliveries.filter(state__in=STATES[query["state"]][1])
    if recipient := clean_line(query.get("recipient", "")):
        deliveries = deliveries.filter(recipient__icontains=recipient)
    return deliveries.order_by("-created_at", "-pk")


def find_last(deliveries, before):
    """The last one of the page before; None: this is the first page."""
    try:
        return deliveries.filter(pk=UUID(before)).first()
    except ValueError:
        return None


def older_than(last, deliveries):
    if last is None:
        return deliveries
    older = Q(created_at__lt=last.created_at) | Q(pk__lt=last.pk)
    return deliveries.filter(older, created_at__lte=last.created_at)


def with_words(deliveries):
    link_subjects(deliveries)
    now = timezone.now()
    for delivery in deliveries:
        delivery.is_due = delivery.next_attempt_at <= now
        delivery.why = reasons.describe(delivery.reason)
        delivery.advice = reasons.advice(delivery.reason)
    return deliveries


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def retry(request, delivery):
    found = get_object_or_404(visible_deliveries(request.membership), pk=delivery)
    try:
        is_sent_again = retry_email(found, by=request.membership)
    except CannotRetry as error:
        messages.error(request, str(error))
    else:
        if is_sent_again:
            messages.success(request, _("The email to %s is on its way again.") % found.recipient)
        else:
            messages.info(request, _("There is nothing to send again here."))
    query = request.GET.urlencode()
    address = reverse("emails", args=[request.workspace.slug])
    return redirect(f"{address}?{query}" if query else address)
