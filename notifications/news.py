"""Describe notifications, for the bell's panel, alerts and emails."""

from dataclasses import dataclass

from django.db.models.fields.tuple_lookups import Tuple, TupleIn
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.models import Message
from messagehub.lib.text import preview
from notifications.models import Notification

Kind = Notification.Kind


@dataclass(frozen=True)
class News:
    """A notification and its entry, or None if the entry was deleted."""

    notification: Notification
    entry: Message | None

    @property
    def kind(self):
        return self.notification.kind

    @property
    def title(self):
        params = {
            "contact": self.notification.conversation.contact.display_name,
            "author": self.entry.author_name if self.entry else "",
            "count": self.notification.count,
        }
        return describe(self.kind, params) % params

    @property
    def preview(self):
        """Return what was written. An activity has no text of its own."""
        return preview(self.entry.body) if self.entry else ""

    @property
    def url(self):
        conversation, workspace = self.notification.conversation, self.notification.workspace
        url = reverse("conversation", args=[workspace.slug, conversation.number])
        return f"{url}?view=mine" if self.kind == Kind.BULK_ASSIGNED else url


def describe(kind, params):
    if kind == Kind.MENTIONED:
        return _("%(author)s mentioned you")
    if kind == Kind.ASSIGNED and params["author"]:
        return _("%(author)s assigned you the conversation with %(contact)s")
    if kind == Kind.ASSIGNED:
        return _("The conversation with %(contact)s was assigned to you")
    if kind == Kind.BULK_ASSIGNED and not params["author"]:
        return ngettext(
            "The conversation with %(contact)s was assigned to you",
            "%(count)d conversations were assigned to you",
            params["count"],
        )
    if kind == Kind.BULK_ASSIGNED:
        return ngettext(
            "%(author)s assigned you the conversation with %(contact)s",
            "%(author)s assigned you %(count)d conversations",
            params["count"],
        )
    if kind == Kind.DUE:
        return _("%(contact)s is waiting: answer soon, or the conversation will be reassigned")
    if kind == Kind.REASSIGNED:
        return _("%(contact)s waited too long, and the conversation was reassigned")
    return ngettext(
        "%(contact)s answered", "%(contact)s answered with %(count)d messages", params["count"]
    )


def load_news(notifications, membership) -> list[News]:
    """Return the notifications, latest first, with their entries and contacts."""
    found = list(notifications.select_related("conversation__contact", "conversation__inbox"))
    found.sort(key=lambda each: (each.happened_at, each.pk), reverse=True)
    entry_keys = [(each.conversation_id, each.seq) for each in found]
    entries = {}
    if entry_keys:
        about = Message.objects.filter(TupleIn(Tuple("conversation", "seq"), entry_keys))
        entries = {
            (each.conversation_id, each.seq): each
            for each in about.select_related("author__user", "contact")
        }
    for each in found:
        each.workspace = membership.workspace
    return [News(each, entries.get(key)) for each, key in zip(found, entry_keys, strict=True)]
