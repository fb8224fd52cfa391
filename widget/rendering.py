"""Renders a conversation for its visitor. Everything here starts at visible_to_contact()."""

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import template_localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inbox.models import Message
from inbox.ratings import RATINGS
from inbox.receipt import get_team_emailed_seq, get_team_seen_seq
from inbox.templatetags.file_markup import shown_size
from messagehub.lib.constant_markup import per_language
from messagehub.lib.markup import format_html, format_html_join
from messagehub.lib.templatetags.text import iso, time_of_day
from messagehub.lib.text import hue, initials
from teams.time_format import format_time
from widget.logo import workspace_logo

ENTRY = """<li class="entry" id="entry-{}" data-seq="{}" data-kind="{}"{}{}>
{}<p class="by">{} <time datetime="{}">{}</time>{}{}</p>
</li>"""
BUBBLE = '<div class="bubble" dir="auto">{}</div>\n'
# The chat loads files with the visitor's token (static/widget/files.js).
PICTURE = '<button class="file" data-file="{}" data-size="{} {}"><img alt="{}"></button>'
CARD = '<button class="file" data-file="{}">{}<small>{}</small></button>'
# On the page without scripts (widget.views.page).
PICTURE_LINK = (
    '<a class="file" href="{}"><img src="{}preview/" width="{}" height="{}" alt="{}"></a>'
)
CARD_LINK = '<a class="file" href="{}">{}<small>{}</small></a>'
BY_AGENT = "{} {} ·"
FACE = '<span class="face" data-hue="{}" title="{}" aria-hidden="true">{}{}</span>'
PHOTO = '<img src="{}" alt="" loading="lazy">'
REVISION = ' data-revision="{}"'
EDITED = MARK = " · {}"
DELETED = '<p class="by">{}</p>\n'
BY_VISITOR = '<span class="aside">{}</span>'


def entry_html(message) -> str:
    """Return the markup of one message, made once: it is published and part of the response.

    A function and not a template, because it runs with every message.
    """
    if not message.is_visible_to_contact:
        raise ValueError("the contact must not see this message")
    if not hasattr(message, "visitor_html"):
        message.visitor_html = render_entry(message)
    return message.visitor_html


def render_entry(message, *, show_file=None, show_time=None, mark="") -> str:
    """show_file, show_time: functions that render them differently, as plain pages do.

    mark: how far the visitor's message has come, which the chat window shows by script.
    """
    client_id = ""
    if message.kind == Message.Kind.CONTACT:
        author = format_html(BY_VISITOR, _("You"))
        client_id = format_html(' data-client-id="{}"', message.client_id)
    else:
        author = format_html(BY_AGENT, author_face(message), message.name_for_contact)
    created_at = message.created_at
    return format_html(
        ENTRY,
        message.seq,
        message.seq,
        message.kind,
        client_id,
        format_html(REVISION, message.revision) if message.revision else "",
        content_html(message, show_file or file_html),
        author,
        iso(created_at),
        (show_time or show_time_of_day)(created_at),
        format_html(EDITED, _("edited")) if message.is_edited and not message.is_deleted else "",
        format_html(MARK, mark) if mark else "",
    )


def show_time_of_day(created_at):
    return time_of_day(template_localtime(created_at))


def author_face(message) -> str:
    if message.author is not None:
        return face_html(*face_of(message.author))
    name = message.name_for_contact
    return face_html(name, initials(name), hue(message.workspace_id), "")


def face_of(agent) -> tuple[str, str, int, str]:
    return agent.name, agent.initials, agent.hue, agent.photo


def face_html(name, initials, hue, photo) -> str:
    """Render an agent's photo over the initials, which show while it loads or if it can't."""
    image = format_html(PHOTO, reverse("widget-photo", args=[photo])) if photo else ""
    return format_html(FACE, hue, name, initials, image)


def greeting_face(greeting) -> str:
    """Render the face of a page's greeting: of a member, or else the workspace's logo."""
    sender = greeting.current_sender
    if sender is not None:
        return face_html(*face_of(sender))
    logo = workspace_logo(greeting.inbox)
    image = format_html(PHOTO, logo.url) if logo.url else ""
    return format_html(FACE, logo.hue, greeting.sender_name, logo.letter, image)


def content_html(message, show_file) -> str:
    if message.is_deleted:
        return format_html(DELETED, _("Message deleted"))
    text = format_html(BUBBLE, message.body_html) if message.body else ""
    if not message.files:
        return text
    files = format_html_join("\n", "{}", ([show_file(file)] for file in message.files))
    return format_html("{}{}\n", text, files)


def file_html(file) -> str:
    if file["kind"] != "image":
        return format_html(CARD, file["id"], file["name"], filesizeformat(file["size"]))
    return format_html(PICTURE, file["id"], *shown_size(file), file["name"])


def plain_entries_html(conversation, address, *, zone, now) -> tuple[str, int]:
    """Return all messages that the visitor may see, for a page without scripts, and the last seq.

    address: of the page, to which links to files are added.
    """

    def show_file(file):
        url = f"{address}files/{file['id']}/"
        if file["kind"] != "image":
            return format_html(CARD_LINK, url, file["name"], filesizeformat(file["size"]))
        return format_html(PICTURE_LINK, url, url, *shown_size(file), file["name"])

    def show_time(created_at):
        return format_time(created_at, zone, now, weekday=False)

    messages = list(conversation.messages.visible_to_contact().with_related().after(0))
    own = [each for each in messages if each.kind == Message.Kind.CONTACT]
    marks = {each: mark_text(conversation, each) for each in own[-1:]}
    entries = [
        render_entry(each, show_file=show_file, show_time=show_time, mark=marks.get(each, ""))
        for each in messages
    ]
    return mark_safe("".join(entries)), messages[-1].seq if messages else 0


def mark_text(conversation, message) -> str:
    """Say how far a visitor's message has come, as static/widget/timeline.js does."""
    if message.seq <= get_team_seen_seq(conversation):
        return pgettext("own message", "Seen")
    if message.seq <= get_team_emailed_seq(conversation):
        return pgettext("own message", "Emailed")
    return pgettext("own message", "Sent")


def entries_after(conversation, seq, revision=0) -> tuple[str, int, int]:
    """Return the messages after `seq` that the visitor may see, and the seq of the last one.

    Both come from one query. A reply stored between two queries would be counted but never shown.
    Also those before it that were edited or deleted after `revision`, and the last revision.
    """
    visible = conversation.messages.visible_to_contact().with_related()
    messages, revised = list(visible.after(seq)), []
    if conversation.last_revision > revision and seq:
        revised = list(visible.revised_after(revision).filter(seq__lte=seq))
    html = "".join(entry_html(message) for message in revised + messages)
    return html, messages[-1].seq if messages else seq, conversation.last_revision


def state_html(state) -> str:
    """Return the markup of a state, which is the same for all visitors of an agent."""
    agents = tuple(map(face_of, state.agents))
    if state.email or state.email_error:
        return render_state(state, agents)
    shown = tuple((name, getattr(state, name)) for name in SHARED)
    return render_shared_state(shown, agents)


# What many visitors have in common: the fields of a state.
SHARED = ("name", "headline", "detail", "asks_email", "asks_rating", "is_rated", "logo")


@per_language
def render_shared_state(shown, agents) -> str:
    return render_state(dict(shown), agents)


def render_state(state, agents) -> str:
    context = {"state": state, "faces": faces_html(agents), "ratings": RATINGS}
    return render_to_string("widget/_state.html", context)


def faces_html(agents) -> list[str]:
    return [face_html(*agent) for agent in agents]
