from django import template

from notifications.live import count_unread

register = template.Library()
register.simple_tag(count_unread, name="unread_notifications")
