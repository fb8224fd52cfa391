"""The markup of a list's row, for pages and for live updates alike.

A list has fifty of them, so they are made by functions: a template takes twice as long.
"""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbox.models import Conversation, Message
from messagehub.lib.constant_markup import per_language
from messagehub.lib.markup import format_html, format_html_join, sentence
from messagehub.lib.templatetags.ui import avatar, icon, local_time
from messagehub.lib.urls import make_url

register = template.Library()

ROW = """\
<li class="row" id="row-{number}" data-number="{number}" data-at="{at}" data-status="{status}" \
data-assignee="{assignee_id}" data-inbox="{inbox_id}" data-owner="{owner_id}" \
data-priority="{priority}" data-team="{team}" data-labels="{labels}"{waiting}{mention}>\
<input type="checkbox" class="pick" tabindex="-1" aria-label="{select}">\
<a href="{url}">\
{avatar}\
<span class="who"><b dir="auto">{name}</b>{time}</span>\
<span class="preview">{preview_kind}<span dir="auto">{preview}</span></span>\
<span class="meta">\
{priority_icon}\
{state}\
{timer}\
<span class="inbox"><span class="dot" data-hue="{hue}"></span><span>{inbox}</span></span>\
{assignee}\
</span>\
{tags}\
</a>\
</li>"""

REPLY = '{}<span class="for-screen-readers">{}</span>'
RESOLVED = '<span class="chip done">{}{}</span>'
SNOOZED = '<span class="chip until">{}<span>{}</span></span>'
WAITING = '<span class="chip wait">{}</span>'
WAITING_TIME = '<waiting-time data-since="{}"></waiting-time>'
TIMER = """\
<response-due class="chip" data-interval="{}" data-number="{}" data-name="{}"></response-due>"""
PRIORITY = """\
<span class="priority" data-priority="{}" title="{}">{}<span class="for-screen-readers">{}</span>\
</span>"""
PRIORITY_ICONS = {1: "priority-low", 2: "priority-medium", 3: "priority-high", 4: "circle-alert"}
TAGS = '<span class="tags">{}{}{}</span>'
TEAM = '<span class="chip team">{}<span class="name" dir="auto">{}</span></span>'
LABEL = """\
<span class="chip label" data-label="{}"><span class="dot" data-hue="{}"></span>\
<span class="name" dir="auto">{}</span></span>"""
MORE = '<span class="chip" title="{}">+{}</span>'
MOST_LABELS = 2  # in a row
LONGEST_TEAM = 16  # characters; a longer name would leave no room for labels
ASSIGNEE = '{}<span class="for-screen-readers">{}</span>'


@register.simple_tag(name="conversation_row")
def row_html(conversation) -> SafeString:
    contact, inbox = conversation.contact, conversation.inbox
    name, values = contact.display_name, conversation.filter_values
    return format_html(
        ROW,
        number=conversation.number,
        at=conversation.last_activity_at.isoformat(),
        status=conversation.status,
        assignee_id=conversation.assignee_id or "",
        inbox_id=conversation.inbox_id,
        owner_id=contact.owner_id or "",
        priority=values["priority"],
        team=values["team"],
        labels=" ".join(values["labels"]),
        waiting=waiting_attribute(conversation),
        mention=mention_attributes(conversation),
        select=_("Select %(name)s") % {"name": name},
        url=make_url("conversation", conversation.workspace.slug, conversation.number),
        avatar=avatar(contact),
        name=name,
        time=local_time(conversation.last_activity_at, "list"),
        preview_kind=preview_kind_html(conversation.preview_kind),
        preview=conversation.preview,
        state=state_html(conversation),
        timer=timer_html(conversation),
        hue=inbox.hue,
        inbox=inbox.name,
        assignee=assignee_html(conversation),
        priority_icon=priority_html(conversation.priority),
        tags=tags_html(conversation),
    )


def waiting_attribute(conversation):
    since = conversation.waiting_since
    return format_html(' data-waiting="{}"', since.isoformat()) if since else ""


def mention_attributes(conversation):
    """Mark a row of the list of mentions: the only one that differs by member."""
    mentioned_at = getattr(conversation, "mentioned_at", None)
    if mentioned_at is None:
        return ""
    html = format_html(' data-mentioned="{}"', mentioned_at.isoformat())
    if conversation.has_unread_mention:
        html += format_html(' data-unread="{}"', _("Unread"))
    return html


@per_language
def preview_kind_html(kind):
    """Say that the last message is not the contact's."""
    if kind == Message.Kind.REPLY:
        return format_html(REPLY, icon("corner-up-left"), _("Reply:"))
    if kind == Message.Kind.NOTE:
        return format_html(REPLY, icon("lock"), _("Private note:"))
    return ""


def state_html(conversation):
    if conversation.is_resolved:
        return resolved_html()
    if conversation.is_snoozed:
        until = local_time(conversation.snoozed_until, "until")
        return format_html(
            SNOOZED, icon("alarm-clock"), sentence(_("until %(until)s"), until=until)
        )
    if conversation.waiting_since:
        time = format_html(WAITING_TIME, conversation.waiting_since.isoformat())
        return format_html(WAITING, sentence(_("waiting %(time)s"), time=time))
    return ""


@per_language
def resolved_html():
    return format_html(RESOLVED, icon("check"), _("Resolved"))


def timer_html(conversation):
    interval = conversation.response_interval
    if not interval:
        return ""
    return format_html(TIMER, interval, conversation.number, conversation.contact.display_name)


def assignee_html(conversation):
    assignee = conversation.assignee
    if assignee is None:
        return ""
    assignee.workspace = conversation.workspace  # it isn't joined with every assignee
    return assigned_html(avatar(assignee, "s"), assignee.name)


@per_language
def assigned_html(avatar, name):
    return format_html(ASSIGNEE, avatar, _("assigned to %(name)s") % {"name": name})


@register.simple_tag(name="priority_icon")
@per_language
def priority_html(priority):
    """Show the priority as an icon, or nothing if there is none."""
    if not priority:
        return ""
    text = _("Priority: %(priority)s") % {"priority": Conversation.Priority(priority).label}
    return format_html(PRIORITY, priority, text, icon(PRIORITY_ICONS[priority]), text)


def tags_html(conversation):
    """Show the team, if its name is short, and the first labels."""
    team = conversation.team if conversation.team_id else None
    team_html = ""
    if team is not None and len(team.name) <= LONGEST_TEAM:
        team_html = team_chip(team.name)
    labels = conversation.labels
    if not team_html and not labels:
        return ""
    shown = format_html_join("", "{}", ([label_html(each)] for each in labels[:MOST_LABELS]))
    more = labels[MOST_LABELS:]
    names = ", ".join(each.name for each in more)
    more_html = format_html(MORE, names, len(more)) if more else ""
    return format_html(TAGS, team_html, shown, more_html)


@register.simple_tag(name="label_chip")
def label_html(label):
    return label_chip(label.pk, label.colour, label.name)


@lru_cache(2000, typed=True)
def label_chip(pk, colour, name):
    return format_html(LABEL, pk, colour, name)


@lru_cache(500, typed=True)
def team_chip(name):
    return format_html(TEAM, icon("users"), name)
