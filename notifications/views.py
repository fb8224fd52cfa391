"""The bell: what concerns the member, as a panel of every page and as a page of its own."""

from uuid import UUID

from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox.list_order import parse_time
from messagehub.lib.text import parse_uuid
from notifications.actions import mark_all_read
from notifications.models import Notification
from notifications.news import load_news
from teams.access import Permission, workspace_page

PAGE_SIZE = 20


@require_GET
@workspace_page(Permission.ANSWER)
def notifications(request):
    """Show one page of the list, latest first, for htmx without the frame."""
    found = Notification.objects.visible_to(request.membership)
    if position := parse_position(request.GET.get("before", "")):
        found = found.filter(TupleLessThan(Tuple("happened_at", "pk"), position))
    page = found.latest_first()[: PAGE_SIZE + 1]
    news = load_news(page, request.membership)
    has_more = len(news) > PAGE_SIZE
    context = {
        "news": news[:PAGE_SIZE],
        "next_before": position_of(news[PAGE_SIZE - 1].notification) if has_more else "",
        "has_unread": any(each.notification.read_at is None for each in news),
        "now": timezone.now(),
    }
    template = "notifications/_list.html" if request.htmx else "notifications/list.html"
    return render(request, template, context)


def position_of(notification):
    return f"{notification.happened_at.isoformat()}/{notification.pk}"


def parse_position(text) -> tuple | None:
    time, _slash, pk = text.partition("/")
    time, pk = parse_time(time), parse_uuid(pk)
    return (time, pk) if time and isinstance(pk, UUID) else None


@require_POST
@workspace_page(Permission.ANSWER)
def mark_read(request):
    """Mark everything as read up to the moment at which the list was shown."""
    until = parse_time(request.POST.get("until", "")) or timezone.now()
    mark_all_read(request.membership, until=until)
    if not request.htmx:
        return redirect("notifications", request.workspace.slug)
    return HttpResponse(status=204)
