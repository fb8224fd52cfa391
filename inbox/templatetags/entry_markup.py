"""The markup of a timeline's entry, for pages and for live updates alike.

One is made with every message, and fifty with every conversation that is opened, so they are made
by functions: a template takes twice as long.
"""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbox.mentions import highlight_mentions
from inbox.models import Message
from inbox.templatetags.file_markup import files_html
from messagehub.lib.markup import format_html, sentence
from messagehub.lib.templatetags.ui import avatar, avatar_html, icon, local_time

register = template.Library()

ENTRY = """\
<li class="entry" id="entry-{number}-{seq}" data-seq="{seq}" data-kind="{kind}" \
data-author="{author}" data-at="{at}"{client_id}{revision}>{content}</li>"""

CLIENT_ID = ' data-client-id="{}"'
REVISION = ' data-revision="{}"{}'
MESSAGE = """\
{avatar}\
<div class="bubble">{private}{body}{files}{edited}</div>\
<p class="stamp"><b dir="auto">{name}</b>{time}</p>"""
BODY = '<div class="body" dir="auto">{}</div>'
EDITED = '<small class="edited">{}</small>'
DELETED = '<div class="body"><i>{}</i></div>'
PRIVATE = '<p class="private">{} {}</p>'
# The candidates of a decision, loaded once when they are opened.
WHY = """\
<details class="why"><summary>{why}</summary>\
<div class="decision" hx-get="{url}" hx-trigger="toggle once from:&quot;closest details&quot;" \
hx-target="this" hx-swap="innerHTML"><a href="{url}">{show}</a></div></details>"""
ACTIVITY = '<div><span class="sentence">{icon} {text} {until}</span> {time} {why}</div>'


@register.simple_tag(name="timeline_entry")
def entry_html(message) -> SafeString:
    is_activity = message.kind == Message.Kind.ACTIVITY
    return format_html(
        ENTRY,
        number=message.conversation.number,
        seq=message.seq,
        kind=message.kind,
        author=message.author_id or "",
        at=message.created_at.isoformat(),
        client_id=format_html(CLIENT_ID, message.client_id) if message.client_id else "",
        revision=revision_html(message) if message.revision else "",
        content=activity_html(message) if is_activity else message_html(message),
    )


def revision_html(message):
    return format_html(REVISION, message.revision, " data-deleted" if message.is_deleted else "")


def message_html(message):
    return format_html(
        MESSAGE,
        avatar=author_html(message),
        private=private_html(message),
        body=body_html(message),
        files=files_html(message) if message.files else "",
        edited=format_html(EDITED, _("edited")) if shows_edited(message) else "",
        name=message.author_name,
        time=local_time(message.created_at, "time"),
    )


def author_html(message):
    author = message.author
    if author is None:
        return avatar_html("m", message.author_hue, message.author_initials, "")
    author.workspace = message.conversation.workspace  # it isn't joined with every author
    return avatar(author, "m")


def body_html(message):
    if message.is_deleted:
        text = _("Note deleted") if message.kind == Message.Kind.NOTE else _("Message deleted")
        return format_html(DELETED, text)
    if not message.body:
        return ""
    return format_html(BODY, highlight_mentions(message.body_html, message.mentions))


def shows_edited(message):
    return message.is_edited and not message.is_deleted


def private_html(message):
    if message.kind != Message.Kind.NOTE:
        return ""
    text = _("%(name)s · private note") % {"name": message.author_name}
    return format_html(PRIVATE, icon("lock"), text)


def activity_html(message):
    until, why_url = message.until, message.why_url
    return format_html(
        ACTIVITY,
        icon=activity_icon(message),
        text=message.text,
        until=sentence(_("Until %(until)s."), until=local_time(until, "until")) if until else "",
        time=local_time(message.created_at, "time"),
        why=why_html(why_url) if why_url else "",
    )


@register.simple_tag(name="why")
def why_html(url) -> SafeString:
    return format_html(WHY, url=url, why=_("Why?"), show=_("Show candidates"))


def activity_icon(message):
    if message.why_url:
        return icon("route")
    return icon("circle-alert") if message.activity == Message.Activity.UNDELIVERED else ""
