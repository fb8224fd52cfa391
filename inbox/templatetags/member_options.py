"""The options for choosing a member. There can be a thousand, so functions make them, like rows."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from messagehub.lib.markup import escape_value, format_html_join
from teams.statuses import Presence

register = template.Library()

GROUP = '<optgroup label="{}" data-presence="{}">{}</optgroup>'
AGENT = '<option value="{0}"{1} data-member="{0}" data-sentence="{2}">{3}</option>'
OWNER = '<option value="{}"{}>{}{}</option>'
SELECTED = mark_safe(" selected")


@register.simple_tag
def agent_options(agents, assignee_id) -> SafeString:
    """Return a group for each presence, between which a page moves the options.

    None if there are no agents, because a page loads them later.
    """
    if not agents:
        return SafeString()
    groups = {presence: [] for presence in Presence}
    for each in agents:
        selected = SELECTED if each.pk == assignee_id else ""
        groups[each.presence].append((each.pk, selected, each.sentence, each.name))
    rows = (
        (presence.label, presence.value, format_html_join("", AGENT, members))
        for presence, members in groups.items()
    )
    return format_html_join("", GROUP, rows)


@register.simple_tag
def owner_options(owners, owner_id) -> SafeString:
    outsider = " " + escape(_("(not in this inbox)"))
    options = (
        OWNER.format(
            each.pk,
            SELECTED if each.pk == owner_id else "",
            escape_value(each.name),
            outsider if getattr(each, "is_outsider", False) else "",
        )
        for each in owners
    )
    return mark_safe("".join(options))
