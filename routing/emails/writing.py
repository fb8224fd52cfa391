"""What mails about a conversation have in common."""

from contextlib import contextmanager

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from inbox.models import Conversation
from teams.models import Membership


def find_conversation(delivery):
    """The conversation it is about; None: its workspace is gone."""
    conversations = Conversation.objects.with_people().filter(workspace__deleted_at=None)
    return conversations.filter(pk=delivery.payload["conversation"]).first()


def find_member(delivery):
    people = Membership.objects.active().with_person()
    return people.filter(pk=delivery.payload["membership"]).first()


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
