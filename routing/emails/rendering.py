"""What mails about a conversation have in common."""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from inbox.models import Conversation
from outbox.kinds import Postpone
from teams.models import Membership

# How often the mails of a deleted workspace ask; once it is purged they are gone with it.
DELETED_PAUSE = timedelta(hours=1)


def find_conversation(delivery):
    """The conversation it is about; None: it is gone."""
    conversations = Conversation.objects.with_related()
    return conversations.filter(pk=delivery.payload["conversation"]).first()


def until_restored(conversation):
    """A deleted workspace mails nobody, and may be brought back with what waited there."""
    is_deleted = conversation.workspace.deleted_at is not None
    return Postpone(timezone.now() + DELETED_PAUSE) if is_deleted else None


def find_member(delivery):
    """The person it is for; None: they are not here any more, or no longer have this address. The
    sweep tells them at the new one."""
    people = Membership.objects.active().with_related()
    return people.filter(pk=delivery.payload["membership"], user__email=delivery.recipient).first()


@contextmanager
def as_read_in(workspace, zone):
    """In the workspace's language, by the clock of whoever gets it."""
    with translation.override(workspace.language), timezone.override(zone):
        yield


def parts(name, context):
    """The two forms of one mail, from templates/routing/email/<name>.txt and .html."""
    return {
        form: render_to_string(f"routing/email/{name}.{ending}", context)
        for form, ending in (("text", "txt"), ("html", "html"))
    }


def desk_url(conversation):
    slug = conversation.workspace.slug
    return settings.SITE_URL + reverse("conversation", args=[slug, conversation.number])


def deliverable(address):
    """The address if a mail can name it; an odd one must not keep the mail from leaving."""
    try:
        address.rpartition("@")[2].encode("idna")
        address.encode()
    except UnicodeError:
        return ""
    return address
