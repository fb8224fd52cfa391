"""Publishes unread counts and alerts to a member's pages."""

from collections import defaultdict

from django.db.models import Count

from inbox.member_queries import find_values
from messagehub.lib.live.publish import publish
from notifications.models import Notification
from notifications.news import load_news

Kind = Notification.Kind


def count_unread(membership) -> dict[str, int]:
    """Count a member's unread notifications in conversations they may see: all, and mentions."""
    return {name: sum(found) for name, found in find_values(membership, **UNREAD).items()}


def unread(membership, **which):
    found = Notification.objects.visible_to(membership).unread().filter(**which)
    return found.order_by().values("membership").annotate(count=Count("pk")).values("count")


def unread_mentions(membership):
    return unread(membership, kind=Kind.MENTIONED)


UNREAD = {"notifications": unread, "mentions": unread_mentions}


def publish_unread(membership, alerts=()):
    data = {"counts": count_unread(membership), "alerts": list(alerts)}
    publish(membership.live_channel, "notifications", data)


def publish_news(notifications):
    """Publish to each member what is new for them. The members are loaded, with their workspaces.

    assignee: an attribute of each notification, the assignee of its conversation.
    """
    by_member = defaultdict(list)
    for each in notifications:
        by_member[each.membership].append(each)
    for membership, news in by_member.items():
        publish_unread(membership, build_alerts(membership, filter(needs_alert, news)))


def needs_alert(notification):
    """Return whether a page must be alerted. The desk alerts assignees to messages by itself."""
    if notification.kind == Kind.ANSWERED:
        return notification.assignee != notification.membership_id
    return notification.kind in (Kind.MENTIONED, Kind.BULK_ASSIGNED)


def build_alerts(membership, notifications):
    pks = [each.pk for each in notifications]
    if not pks:
        return []
    visible = Notification.objects.visible_to(membership).filter(pk__in=pks)
    with membership.workspace.in_language():
        return [build_alert(each) for each in load_news(visible, membership)]


def build_alert(news):
    """Return the alert that a page shows while the browser shows none of our pages."""
    number = news.notification.conversation.number
    return {
        "kind": news.kind,
        "key": f"{news.kind} {number} {news.notification.seq}",
        "tag": f"chat-{number}",
        "title": news.title,
        "body": news.preview,
        "href": news.url,
    }
