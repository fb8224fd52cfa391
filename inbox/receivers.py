from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.assignment import return_ineligible_to_queue
from inbox.actions.draft import delete_drafts_of
from inbox.actions.handover import start_handover
from inbox.actions.inbox import create_inbox
from inbox.email_kinds import EmailKind
from inbox.live_updates import (
    MAX_CONVERSATIONS,
    publish_change,
    publish_contact,
    publish_receipt,
    publish_row,
)
from inbox.models import Conversation
from inbox.signals import contact_changed, conversation_changed
from inbox.tasks import return_remaining_to_queue
from messagehub.lib.on_commit import enqueue_on_commit
from outbox.signals import delivery_ended
from teams.signals import access_changed, member_leaving, member_removed, workspace_created

MAX_RETURNED = 25  # per request, which takes about a second


@receiver(workspace_created)
def create_first_inbox(sender, workspace, by, **kwargs):
    """Give a new workspace an inbox answered by its founder, so that it can be tried at once."""
    create_inbox(workspace, name=_("Website chat"), members=[by])


@receiver(member_leaving)
def describe_open_conversations(sender, membership, **kwargs):
    count = Conversation.objects.open().assigned_to(membership).count()
    return ngettext(
        "%(name)s has %(count)d open conversation.",
        "%(name)s has %(count)d open conversations.",
        count,
    ) % {"name": membership.name, "count": count}


@receiver(member_removed)
def hand_over_conversations(sender, membership, handover_to, by, **kwargs):
    start_handover(membership, to=handover_to, by=by)


@receiver(member_removed)
def delete_drafts(sender, membership, **kwargs):
    if membership.removed_at is not None:  # a suspended member may come back to them
        delete_drafts_of(membership)


@receiver(access_changed)
def return_conversations(sender, memberships, **kwargs):
    """Return conversations that members can no longer see: some now, the rest in the background."""
    conversations = Conversation.objects.filter(assignee__in=memberships)
    if not return_ineligible_to_queue(conversations, limit=MAX_RETURNED):
        enqueue_on_commit(return_remaining_to_queue, str(memberships[0].workspace_id))


@receiver(conversation_changed)
def publish_conversation_change(sender, change, **kwargs):
    publish_change(change)


@receiver(contact_changed)
def publish_contact_change(sender, contact, fields, **kwargs):
    publish_contact(contact)
    if "owner" in fields:  # lists may be filtered by it; the change itself updates open rows
        resolved = contact.conversations.resolved().with_related().order_by("-number")
        for conversation in resolved[:MAX_CONVERSATIONS]:
            publish_row(conversation, conversation.list_key)
    if "email" in fields:  # earlier emails went to the old address
        latest = contact.conversations.with_related().order_by("-number")
        for conversation in latest[:MAX_CONVERSATIONS]:
            publish_receipt(conversation)


@receiver(delivery_ended)
def publish_reply_delivery(sender, delivery, **kwargs):
    """Publish after the commit, so that other receivers don't fail with a mere live update."""
    if delivery.kind == EmailKind.REPLY:
        transaction.on_commit(lambda: publish_receipt_of(delivery.about), robust=True)


def publish_receipt_of(pk):
    for conversation in Conversation.objects.with_related().filter(pk=pk):
        publish_receipt(conversation)
