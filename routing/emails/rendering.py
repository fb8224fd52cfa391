"""Parts that all emails about a conversation share."""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from inbox.models import Conversation
from outbox.kinds import Postpone
from teams.models import Membership

# How long the emails of a deleted workspace are put off each time. A purge deletes them too.
DELETED_DELAY = timedelta(hours=1)


def find_conversation(delivery) -> Conversation | None:
    conversations = Conversation.objects.with_related()
    return conversations.filter(pk=delivery.payload["conversation"]).first()


def postpone_if_deleted(conversation) -> Postpone | None:
    """Postpone the emails of a deleted workspace, because it may be restored."""
    is_deleted = conversation.workspace.deleted_at is not None
    return Postpone(timezone.now() + DELETED_DELAY) if is_deleted else None


def find_recipient(delivery) -> Membership | None:
    """Return the member, unless they left or changed their address.

    The sweep emails them at the new one.
    """
    members = Membership.objects.active().with_related()
    return members.filter(pk=delivery.payload["membership"], user__email=delivery.recipient).first()


@contextmanager
def localized_for(workspace, zone, language=""):
    """Use the recipient's language, or else the workspace's, and the recipient's time zone."""
    with translation.override(language or workspace.language), timezone.override(zone):
        yield


def render_bodies(name, context, *, app="routing"):
    """Render both forms of an email from templates/<app>/email/<name>.txt and .html."""
    return {
        form: render_to_string(f"{app}/email/{name}.{ending}", context)
        for form, ending in (("text", "txt"), ("html", "html"))
    }


def desk_url(conversation):
    slug = conversation.workspace.slug
    return settings.SITE_URL + reverse("conversation", args=[slug, conversation.number])


def sendable_address(address):
    """Return the address if an email header can carry it, or "" so that the email still leaves."""
    try:
        address.rpartition("@")[2].encode("idna")
        address.encode()
    except UnicodeError:
        return ""
    return address
