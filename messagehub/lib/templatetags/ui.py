"""The two small pieces of markup that every page uses: an icon and a face."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.timezone import template_localtime

from messagehub.lib.templatetags.text import clock, iso
from messagehub.lib.text import hue as hue_of

register = template.Library()


@register.filter
def hue(identifier):
    """The colour of something that has no face of its own, such as a workspace."""
    return hue_of(identifier)


@register.filter
def may_give(membership, role):
    """The membership's own question, which a template cannot ask: it takes an argument."""
    return membership.may_give(role)


@register.simple_tag
@lru_cache(500)
def icon(name, modifier=""):
    """A picture beside words, or inside a control that has its own label."""
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
        clock(template_localtime(moment)),
    )


@register.simple_tag
def avatar(person, size="", presence=False):
    """Initials on a person's colour. size: "", "s" or "m"; presence: with the dot, kept live."""
    live = ""
    if presence:
        live = format_html(
            ' data-member="{}" data-presence="{}"', person.pk, getattr(person, "presence", "")
        )
    return format_html(
        '<span class="avatar {}" data-hue="{}"{} aria-hidden="true">{}</span>',
        size,
        person.hue,
        live,
        person.initials,
    )
