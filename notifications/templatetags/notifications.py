from django import template

from notifications.live import count_unread

register = template.Library()


@register.simple_tag
def unread_notifications(membership):
    return unread_of(membership)["notifications"]


@register.simple_tag
def unread_mentions(membership):
    return unread_of(membership)["mentions"]


def unread_of(membership):
    """Count once per page, because it shows both counts."""
    if not hasattr(membership, "unread"):
        membership.unread = count_unread(membership)
    return membership.unread
