"""Render icons and avatars."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.timezone import template_localtime

from messagehub.lib import text
from messagehub.lib.constant_markup import constant
from messagehub.lib.markup import format_html
from messagehub.lib.templatetags.text import iso, time_of_day

register = template.Library()


@register.filter
def hue(identifier):
    """Return the colour of something without an avatar, such as a workspace."""
    return text.hue(identifier)


@register.filter
def can_give(membership, role):
    """Call the membership's method, which takes an argument, from a template."""
    return membership.can_give(role)


@register.simple_tag
@constant
@lru_cache(500)
def icon(name, modifier=""):
    """Render an icon next to a text, or inside a control with its own label."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        modifier,
        static("icons/lucide.svg"),
        name,
    )


@register.simple_tag
def local_time(moment, kind):
    """Return a time that the browser rewrites in its own zone; kind: see <local-time>."""
    return format_html(
        '<local-time data-kind="{}"><time datetime="{}">{}</time></local-time>',
        kind,
        iso(moment),
        time_of_day(template_localtime(moment)),
    )


@register.simple_tag
def avatar(person, size="", presence=False):
    """Render a person's photo over their initials, which show while it loads or if it can't.

    size is "", "s" or "m"; presence (the person's if True) adds a dot that stays live.
    """
    photo_url = getattr(person, "photo_url", "")
    if presence is False:
        return avatar_html(size, person.hue, person.initials, photo_url)
    shown = getattr(person, "presence", "") if presence is True else presence
    shown = (size, person.hue, person.pk, shown, person.initials, photo_html(photo_url))
    return format_html(LIVE_AVATAR, *shown)


@lru_cache(5000, typed=True)
def avatar_html(size, hue, initials, photo_url):
    return format_html(AVATAR, size, hue, initials, photo_html(photo_url))


def photo_html(url):
    return format_html(PHOTO, url) if url else ""


AVATAR = '<span class="avatar {}" data-hue="{}" aria-hidden="true">{}{}</span>'
LIVE_AVATAR = """<span class="avatar {}" data-hue="{}" data-member="{}" data-presence="{}" \
aria-hidden="true">{}{}</span>"""
PHOTO = '<img src="{}" alt="" loading="lazy">'
