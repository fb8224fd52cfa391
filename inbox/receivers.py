from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.assignment import return_ineligible_to_queue
from inbox.actions.handover import start_handover
from inbox.actions.inbox import create_inbox
from inbox.live_updates import MOST_CONVERSATIONS, broadcast, tell_contact, tell_receipt
from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from inbox.signals import contact_changed, conversation_changed
from inbox.tasks import return_remaining_to_queue
from messagehub.lib.on_commit import enqueue_on_commit
from outbox.signals import delivery_ended
from teams.signals import access_changed, member_leaving, member_removed, workspace_created

MOST_RETURNED = 25  # in a request, which takes about a second


@receiver(workspace_created)
def make_first_inbox(sender, workspace, by, **kwargs):
    """A new workspace can be tried at once: it has one inbox, answered by its founder."""
    create_inbox(workspace, name=_("Website chat"), members=[by])


@receiver(member_leaving)
def count_open_conversations(sender, membership, **kwargs):
    count = Conversation.objects.open().assigned_to(membership).count()
    return ngettext(
        "%(name)s has %(count)d open conversation.",
        "%(name)s has %(count)d open conversations.",
        count,
    ) % {"name": membership.name, "count": count}


@receiver(member_removed)
def hand_over_conversations(sender, membership, hand_to, by, **kwargs):
    start_handover(membership, to=hand_to, by=by)


@receiver(access_changed)
def return_conversations(sender, memberships, **kwargs):
    """What they can no longer see is not left with them: what a request has time for, and the rest
    in the background."""
    held = Conversation.objects.filter(assignee__in=memberships)
    if not return_ineligible_to_queue(held, most=MOST_RETURNED):
        enqueue_on_commit(return_remaining_to_queue, str(memberships[0].workspace_id))


@receiver(conversation_changed)
def tell_agents(sender, change, **kwargs):
    broadcast(change)


@receiver(contact_changed)
def tell_who_they_are(sender, contact, fields, **kwargs):
    tell_contact(contact)
    if "email" in fields:  # what was emailed, was to another address
        latest = contact.conversations.with_related().order_by("-number")
        for conversation in latest[:MOST_CONVERSATIONS]:
            tell_receipt(conversation)


@receiver(delivery_ended)
def tell_what_became_of_a_reply(sender, delivery, **kwargs):
    """After commit: it is a hint, and what else hears of it must not fail with it."""
    if delivery.kind == EmailKind.REPLY:
        transaction.on_commit(lambda: publish_receipt_of(delivery.about), robust=True)


def publish_receipt_of(pk):
    for conversation in Conversation.objects.with_related().filter(pk=pk):
        tell_receipt(conversation)
