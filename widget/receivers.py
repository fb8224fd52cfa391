import logging

from django.db import transaction
from django.dispatch import receiver

from inbox.models import Conversation
from inbox.signals import contact_changed, conversation_changed
from messagehub.lib.live.publish import publish, publish_in_one_batch
from routing.pool import asking
from routing.signals import reception_changed
from teams.signals import (
    access_changed,
    availability_changed,
    calendar_changed,
    member_removed,
)
from widget.inbox_availability import InboxAvailability
from widget.rendering import entry_html, state_html
from widget.state import state_for

# Somebody comes or goes: so many visitors of a person, or of an inbox, are told at once, the latest
# first. Of the others the windows say it with the next message, or when they are opened.
MOST_VISITORS = 50
logger = logging.getLogger(__name__)


@receiver(conversation_changed)
def tell_visitor(sender, change, **kwargs):
    """The contact's open windows: what they may see of it, and who is there for them now."""
    conversation = change.conversation
    channel = conversation.contact.live_channel
    for message in change.entries:
        if message.is_visible_to_contact:
            data = {"into": "timeline", "id": f"entry-{message.seq}", "html": entry_html(message)}
            publish(channel, "append", data)
    if change.is_new or change.previous_list_key != conversation.list_key:
        tell_state(conversation, InboxAvailability(conversation.inbox, online=change.online))


@receiver(contact_changed)
def tell_contact(sender, contact, **kwargs):
    """Another owner may be another face in their chat window."""
    conversation = contact.conversations.with_related().order_by("-number").first()
    if conversation is not None:
        tell_state(conversation)


@receiver(availability_changed)
def tell_their_visitors(sender, memberships, **kwargs):
    transaction.on_commit(lambda: tell_visitors_of(memberships), robust=True)


def tell_visitors_of(memberships):
    """Whoever has an open conversation with them, and whoever waits where they answer: once,
    however many come or go there."""
    has = Conversation.objects.open().filter(assignee__in=memberships)
    inboxes = set(asking(memberships).values_list("pk", flat=True))
    waits = Conversation.objects.waiting_for_agent().filter(inbox__in=inboxes)
    receptions, people = {}, len(memberships)
    with publish_in_one_batch():
        tell_states(has, receptions, most=MOST_VISITORS * people)
        tell_states(waits, receptions, most=MOST_VISITORS * min(people, len(inboxes)))


@receiver(reception_changed)
def tell_whoever_waits(sender, inbox, **kwargs):
    tell_waiting(inbox)


@receiver(calendar_changed)
def tell_of_the_calendar(sender, workspace, **kwargs):
    transaction.on_commit(lambda: tell_workspace(workspace.pk), robust=True)


@receiver(access_changed)
def tell_who_waits_for_them(sender, memberships, **kwargs):
    """Where they answered until now is not known any more."""
    tell_workspace(memberships[0].workspace_id)


@receiver(member_removed)
def tell_who_waits_for_who_is_gone(sender, membership, **kwargs):
    transaction.on_commit(lambda: tell_workspace(membership.workspace_id), robust=True)


def tell_workspace(workspace):
    """Whoever waits in any of its inboxes."""
    waiting = Conversation.objects.waiting_for_agent().filter(workspace=workspace)
    with publish_in_one_batch():
        for inbox in waiting.order_by().values_list("inbox", flat=True).distinct():
            tell_waiting(inbox)


def tell_waiting(inbox):
    """Whoever waits in this inbox (or its id)."""
    with publish_in_one_batch():
        tell_states(Conversation.objects.waiting_for_agent().filter(inbox=inbox), {})


def tell_states(conversations, receptions, *, most=MOST_VISITORS):
    """receptions: {inbox's id: InboxAvailability}, filled here: each inbox is asked once.

    What goes wrong with one is logged and does not hold up the others.
    """
    for conversation in conversations.with_related().latest_first()[:most]:
        inbox = conversation.inbox
        inbox.workspace = conversation.workspace
        reception = receptions.setdefault(inbox.pk, InboxAvailability(inbox))
        try:
            tell_state(conversation, reception)
        except Exception:
            logger.exception("the window of conversation %s", conversation.pk)


def tell_state(conversation, reception=None):
    state = state_for(conversation.inbox, conversation, reception=reception)
    data = {"id": "state", "html": state_html(state)}
    publish(conversation.contact.live_channel, "replace", data)
