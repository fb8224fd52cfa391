import logging

from django.db import transaction
from django.dispatch import receiver

from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Message
from inbox.signals import contact_changed, conversation_changed, conversation_read
from messagehub.lib.live.publish import publish, publish_in_one_batch
from outbox.models import Delivery
from outbox.signals import delivery_ended
from routing.signals import inbox_availability_changed
from routing.targets import inboxes_assigning_to
from teams.signals import (
    access_changed,
    availability_changed,
    calendar_changed,
    member_removed,
)
from widget.inbox_availability import InboxAvailability
from widget.rendering import entry_html, state_html
from widget.state import state_for

# How many visitors of a member or an inbox get a live update when availability changes, latest
# first. Other chat windows show the change with the next message or when they are opened.
MAX_VISITORS = 50
MAX_CONVERSATIONS = 10  # of one contact; merging gives them more than one
logger = logging.getLogger(__name__)


@receiver(conversation_changed)
def publish_to_visitor(sender, change, **kwargs):
    """Publish what the contact may see of a change, and who will answer them now."""
    if change.is_new:  # no chat window can show a conversation before it is committed
        return
    conversation = change.conversation
    with conversation.contact.in_language():
        for message in change.entries + change.revised:
            if message.is_visible_to_contact:
                publish_entry(conversation, message)
    is_rated = any(entry.activity == Message.Activity.RATED for entry in change.entries)
    if is_rated or change.previous_list_key != conversation.list_key:
        publish_state(conversation, InboxAvailability(conversation.inbox, online=change.online))


def publish_entry(conversation, message):
    data = {"into": "timeline", "id": f"entry-{message.seq}", "html": entry_html(message)}
    publish(conversation.contact_channel, "append", data)


@receiver(conversation_read)
def publish_seen(sender, conversation, seq, **kwargs):
    """Tell the visitor that the team has seen what they wrote, but not who."""
    publish(conversation.contact_channel, "seen", {"seq": seq})


@receiver(delivery_ended)
def publish_emailed(sender, delivery, **kwargs):
    """Tell the visitor that what they wrote was emailed to the team, but not to whom."""
    seq = delivery.payload.get("upto")  # of a digest there is none
    if delivery.kind == EmailKind.UNANSWERED and delivery.state == Delivery.State.SENT and seq:
        publish(Conversation(pk=delivery.about).contact_channel, "emailed", {"emailed": seq})


@receiver(contact_changed)
def refresh_contact(sender, contact, **kwargs):
    """Publish the state again: a new owner may be the agent it shows."""
    publish_states(contact.conversations, {}, limit=MAX_CONVERSATIONS)


@receiver(availability_changed)
def refresh_visitors_of_members(sender, memberships, **kwargs):
    transaction.on_commit(lambda: publish_to_visitors_of(memberships), robust=True)


def publish_to_visitors_of(memberships):
    """Publish the state to visitors who have these members as agents or wait where they answer.

    Each inbox is refreshed once, no matter how many members changed.
    """
    assigned = Conversation.objects.open().filter(assignee__in=memberships)
    inboxes = set(inboxes_assigning_to(memberships).values_list("pk", flat=True))
    waiting = Conversation.objects.waiting_for_agent().filter(inbox__in=inboxes)
    availabilities, count = {}, len(memberships)
    with publish_in_one_batch():
        publish_states(assigned, availabilities, limit=MAX_VISITORS * count)
        publish_states(waiting, availabilities, limit=MAX_VISITORS * min(count, len(inboxes)))


@receiver(inbox_availability_changed)
def refresh_visitors_of_inbox(sender, inbox, **kwargs):
    publish_to_waiting_visitors(inbox)


@receiver(calendar_changed)
def refresh_visitors_of_workspace(sender, workspace, **kwargs):
    transaction.on_commit(lambda: publish_to_workspace(workspace.pk), robust=True)


@receiver(access_changed)
def refresh_visitors_after_access_change(sender, memberships, **kwargs):
    """Refresh the whole workspace, as the inboxes they answered before aren't known any more."""
    publish_to_workspace(memberships[0].workspace_id)


@receiver(member_removed)
def refresh_waiting_visitors(sender, membership, **kwargs):
    transaction.on_commit(lambda: publish_to_workspace(membership.workspace_id), robust=True)


def publish_to_workspace(workspace):
    """Publish the state to the waiting visitors of all inboxes of a workspace (or its id)."""
    waiting = Conversation.objects.waiting_for_agent().filter(workspace=workspace)
    with publish_in_one_batch():
        for inbox in waiting.order_by().values_list("inbox", flat=True).distinct():
            publish_to_waiting_visitors(inbox)


def publish_to_waiting_visitors(inbox):
    """Publish the state to the waiting visitors of an inbox (or its id)."""
    with publish_in_one_batch():
        publish_states(Conversation.objects.waiting_for_agent().filter(inbox=inbox), {})


def publish_states(conversations, availabilities, *, limit=MAX_VISITORS):
    """Publish the state of these conversations, latest first.

    availabilities: {inbox id: InboxAvailability}, filled here so that each inbox is looked up once.
    A failure with one conversation is logged and doesn't stop the others.
    """
    for conversation in conversations.with_related().latest_first()[:limit]:
        inbox = conversation.inbox
        inbox.workspace = conversation.workspace
        availability = availabilities.setdefault(inbox.pk, InboxAvailability(inbox))
        try:
            publish_state(conversation, availability)
        except Exception:
            logger.exception("publishing the state of conversation %s", conversation.pk)


def publish_state(conversation, availability=None):
    with conversation.contact.in_language():
        state = state_for(conversation.inbox, conversation, availability=availability)
        data = {"id": "state", "html": state_html(state)}
    publish(conversation.contact_channel, "replace", data)
