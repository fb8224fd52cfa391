"""Emails about conversations in the workspace's email log: labels, access and links."""

from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.urls import reverse

from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.kinds import register_kind
from teams.signals import email_filter_requested, email_links_requested


@receiver(email_filter_requested)
def filter_emails(sender, membership, **kwargs):
    """Allow what Conversation.visible_to does, without its query for members who see everything."""
    if membership.sees_all_conversations:
        return Q(about__isnull=False)
    conversations = Conversation.objects.visible_to(membership)
    return Q(Exists(conversations.filter(pk=OuterRef("about"))))


@receiver(email_links_requested)
def link_emails(sender, abouts, **kwargs):
    conversations = Conversation.objects.filter(pk__in=abouts).select_related("workspace")
    return {each.pk: (str(each), address(each)) for each in conversations}


def address(conversation):
    return reverse("conversation", args=[conversation.workspace.slug, conversation.number])


for kind in EmailKind:
    register_kind(kind, kind.label)
